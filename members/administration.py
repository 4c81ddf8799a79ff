"""What administrators do for somebody who lost a device."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from hub.people.personal_data import own_name_of
from members.second_step.reset import reset_second_step
from members.sessions import device_name, end_sessions, sessions_of

PERMISSION = "auth.change_user"  # what Wagtail asks for to edit a user


def may_help(administrator, user) -> bool:
    """Whether ``administrator`` may do this for ``user``: not for themselves, who have a page of
    their own, and for superusers only as one."""
    return (
        administrator.has_perm(PERMISSION) and administrator.pk != user.pk
        and (administrator.is_superuser or not user.is_superuser)
    )


class ActionForm(forms.Form):
    action = forms.ChoiceField(choices=[("end_sessions", ""), ("reset_second_step", "")])


@method_decorator(reauthentication_required(app="allauth.account"), name="dispatch")
class SignInOfUserView(WagtailAdminTemplateMixin, TemplateView):
    """The sessions and second steps of a user, with the two buttons; the administrator enters
    their own password first, as for changes to their own account."""

    template_name = "members/administration/sign_in.html"
    page_title = gettext_lazy("Sign-in and devices")
    header_icon = "key"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.user = get_object_or_404(get_user_model(), pk=kwargs["pk"])
        if not may_help(request.user, self.user):
            raise PermissionDenied

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("wagtailusers_users:index"), "label": _("Users")},
            {"url": "", "label": own_name_of(self.user)},
        ]

    def get_page_subtitle(self):
        return own_name_of(self.user)

    def get_context_data(self, **kwargs):
        steps = Authenticator.objects.filter(user=self.user).order_by("pk")
        return super().get_context_data(**kwargs) | {
            "sessions": [(device_name(row), row) for row in sessions_of(self.user)],
            "steps": steps,
        }

    def post(self, request, *args, **kwargs):
        form = ActionForm(request.POST)
        if form.is_valid() and form.cleaned_data["action"] == "reset_second_step":
            reset_second_step(self.user, by=request.user)
            messages.success(request, _("Taken away. The person was written to."))
        elif form.is_valid():
            end_sessions(self.user)
            log(self.user, "members.end_sessions", user=request.user)
            messages.success(request, _("All sessions are ended."))
        return redirect("members_sign_in_of_user", self.user.pk)
