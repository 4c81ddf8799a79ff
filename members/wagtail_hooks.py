"""Hooks into the base layer and the admin: personal data, jobs, help for people who cannot sign
in, the notice that a second step is needed."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.widgets import Button

from hub.jobs.scheduler import AN_HOUR, every
from hub.people.personal_data import PersonalData
from members import account, schedule, sessions
from members.administration import SignInOfUserView, may_help
from members.second_step.rules import last_day, needs_one
from members.sign_in import throttle

hooks.register("register_personal_data", lambda: PersonalData("account", account.export))
hooks.register("register_personal_data", lambda: PersonalData("pages", account.pages_of))
hooks.register("register_personal_data",
               lambda: PersonalData("sessions", sessions.export, sessions.erase))
hooks.register("register_job", every(AN_HOUR, schedule.delete_unconfirmed))
hooks.register("register_job", every(AN_HOUR, throttle.delete_faded))
hooks.register("register_job", every(AN_HOUR, sessions.delete_ended))


@hooks.register("register_admin_urls")
def register_admin_urls():
    return [path("users/<int:pk>/sign-in/", SignInOfUserView.as_view(),
                 name="members_sign_in_of_user")]


@hooks.register("register_user_listing_buttons")
def sign_in_button(user, request_user):
    if may_help(request_user, user):
        yield Button(_("Sign-in and devices"), reverse("members_sign_in_of_user", args=[user.pk]),
                     icon_name="key", priority=40)


@hooks.register("register_log_actions")
def register_log_actions(actions):
    actions.register_action("members.reset_second_step", _("Take away the second step"),
                            _("Took away the second step and ended all sessions"))
    actions.register_action("members.end_sessions", _("End all sessions"),
                            _("Ended all sessions"))


class SecondStepPanel(Component):
    """On the editors' home page while the days of grace run."""

    name = "second_step"
    template_name = "members/administration/second_step_panel.html"
    order = 50

    def get_context_data(self, parent_context):
        return {"last_day": last_day(parent_context["request"].user)}


@hooks.register("construct_homepage_panels")
def second_step_notice(request, panels):
    if needs_one(request.user):
        panels.append(SecondStepPanel())


@hooks.register("register_account_menu_item")
def own_account(request):
    """Password, second step and devices are looked after on the member's own page."""
    return {
        "url": reverse("member_page"), "label": _("Password, second step and devices"),
        "help_text": _("On your own page, where members look after them too."),
    }
