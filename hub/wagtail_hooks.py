"""The editor's side of the base layer: snippets, withdrawing, reports, downloads of documents."""

from django.contrib import messages
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel
from wagtail.admin.widgets import Button
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from hub.access.readers import Reader
from hub.access.rich_text import LINK_HANDLERS, PictureHandler
from hub.backup import health as backup_health
from hub.backup.backups import back_up_daily
from hub.backup.notice import warn_about_old_backups
from hub.chain import broken_links
from hub.chain.broken_links_views import EditorsReport
from hub.changelog.recording import record_moved_files
from hub.email import health as email_health
from hub.email import personal_emails
from hub.email.delivery import deliver
from hub.email.report import AllAgainView, EmailsView, EmailView, StuckEmailsPanel, may_see_emails
from hub.health.findings import check
from hub.health.page import HealthMenuItem, HealthView
from hub.jobs import failed_tasks, task_records
from hub.jobs import health as jobs_health
from hub.jobs.clock_notice import confirm_clock, warn_about_the_clock
from hub.jobs.housekeeping import delete_expired
from hub.jobs.scheduler import A_DAY, AN_HOUR, every
from hub.models import Area, Clock, KnowledgePage, QueuedEmail, Topic
from hub.pages import deletion, form_extensions, workflow_messages
from hub.people import memberships
from hub.people.organisation_editor import OrganisationViewSet
from hub.people.personal_data import PersonalData
from hub.versions import pruning
from hub.web import health as web_health
from hub.web.version_panel import show_version
from hub.withdrawals.notices import notice_of, shown_in_editor_to, shown_notice
from hub.withdrawals.report import FlagsView, may_see_reports
from hub.withdrawals.rules import flag_missed_dependents, is_withdrawn
from hub.withdrawals.views import (
    LiftView,
    ReviewView,
    WithdrawView,
    may_review,
    may_withdraw,
)


class TopicViewSet(SnippetViewSet):
    model = Topic
    icon = "tag"
    list_display = ["name_th", "name_en", "kind"]
    list_filter = ["kind"]
    panels = [FieldPanel(n) for n in ("name_th", "name_en", "slug", "kind", "sort_order")]


class AreaViewSet(SnippetViewSet):
    model = Area
    icon = "site"
    list_display = ["geocode", "name_th", "name_en", "level"]
    list_filter = ["level"]
    panels = [FieldPanel(n) for n in ("geocode", "name_th", "name_en")]


class FilingViewSetGroup(SnippetViewSetGroup):
    items = (TopicViewSet, AreaViewSet)
    menu_label = _("Topics and areas")
    menu_icon = "tag"


register_snippet(FilingViewSetGroup)
register_snippet(OrganisationViewSet)
deletion.register()


@hooks.register("insert_global_admin_css")
def admin_styles():
    return format_html('<link rel="stylesheet" href="{}">', static("css/hub/editor.css"))


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def store_form_extensions(request, page):
    """Of what other apps ask in the editor's form of knowledge pages; other pages ask nothing."""
    if isinstance(page, KnowledgePage):
        form_extensions.store(page, request.POST, request.user)


hooks.register("after_edit_page", workflow_messages.tell_what_became_of_it)


@hooks.register("register_page_header_buttons")
def published_versions_of_page(page, user, view_name, next_url=None):
    """A link from the editor to the published versions."""
    if page.live and getattr(page.specific_deferred, "current_version", None):
        yield Button(
            _("Public versions"), page.get_url() + "versions/", icon_name="history", priority=66
        )


@hooks.register("before_serve_page")
def refuse_expired_page(page, request, args, kwargs):
    """404 from that moment on; Wagtail unpublishes it when its schedule next runs."""
    if page.expire_at and page.expire_at <= timezone.now():
        raise Http404


@hooks.register("before_serve_page")
def refuse_page_of_others(page, request, args, kwargs):
    """403 for users who are signed in but may not read the page.

    Wagtail redirects them to the sign-in page, which redirects back, without end. Who is not
    signed in is asked to.
    """
    if not Reader.of(request).passes_privacy_of(page) and request.user.is_authenticated:
        raise PermissionDenied


@hooks.register("before_serve_document", order=-1)  # before Wagtail's own check
def refuse_document_of_others(document, request):
    """403 where the reader may not have the document; who could have it when signed in is asked
    to sign in by Wagtail, which checks the collection next."""
    reader = Reader.of(request)
    if reader.may_open(document):
        return
    if request.user.is_authenticated or reader.passes_collection_of(document):
        raise PermissionDenied


@hooks.register("register_rich_text_features", order=100)  # after Wagtail's own
def links_for_readers(features):
    for handler in LINK_HANDLERS:
        features.register_link_type(handler)
    features.register_embed_type(PictureHandler)


@hooks.register("register_admin_urls")
def withdrawal_addresses():
    return [
        path("pages/<int:page_id>/withdraw/", WithdrawView.as_view(), name="hub_withdraw"),
        path("pages/<int:page_id>/lift-withdrawal/", LiftView.as_view(), name="hub_lift"),
        path("flags/<int:flag_id>/review/", ReviewView.as_view(), name="hub_review"),
        path("clock/confirm/", confirm_clock, name="hub_confirm_clock"),
        path("reports/flags/", FlagsView.as_view(), name="hub_flags"),
        path("reports/flags/results/", FlagsView.as_view(results_only=True),
             name="hub_flags_results"),
        path("reports/broken-links/", EditorsReport.as_view(), name="hub_broken_links"),
    ]


@hooks.register("register_admin_urls")
def email_addresses():
    return [
        path("reports/emails/", EmailsView.as_view(), name="hub_emails"),
        path("reports/emails/results/", EmailsView.as_view(results_only=True),
             name="hub_emails_results"),
        path("reports/emails/again/", AllAgainView.as_view(), name="hub_emails_again"),
        path("reports/emails/<int:pk>/", EmailView.as_view(), name="hub_email"),
    ]


@hooks.register("register_log_actions")
def withdrawal_log_actions(actions):
    actions.register_action("hub.withdraw", _("Withdraw"), _("Marked as withdrawn"))
    actions.register_action("hub.lift_withdrawal", _("Lift the withdrawal"), _("Holds again"))
    actions.register_action("hub.review", _("Review"), _("Reviewed what it rests on"))


@hooks.register("register_page_header_buttons")
def withdraw_button(page, user, view_name, next_url=None):
    if not (page.live and issubclass(page.cached_content_type.model_class(), KnowledgePage)):
        return
    if not may_withdraw(user, page):
        return
    if is_withdrawn(page):
        yield Button(_("Lift the withdrawal"), reverse("hub_lift", args=[page.pk]),
                     icon_name="undo", priority=62)
    else:
        yield Button(_("Withdraw"), reverse("hub_withdraw", args=[page.pk]),
                     icon_name="warning", priority=62)


@hooks.register("before_edit_page")
def warn_about_flags(request, page):
    """Above the form: that the page is withdrawn, or what waits for a review."""
    if request.method != "GET" or not isinstance(page, KnowledgePage):
        return
    notice = notice_of(page, shown_in_editor_to(request.user))
    if notice.withdrawal:
        messages.warning(request, notice.withdrawal.get_kind_display() + ": "
                         + notice.withdrawal.reason)
    for shown in notice.flags:
        text = gettext("This page rests on withdrawn knowledge: %(title)s.") % {
            "title": shown.flag.withdrawal.title if shown.withdrawn
            else gettext("a page that is not public")}
        if may_review(request.user, page):
            text = format_html('{} <a href="{}">{}</a>', text,
                               reverse("hub_review", args=[shown.flag.pk]), gettext("Review"))
        messages.warning(request, text)


class ReportMenuItem(MenuItem):
    """A report for everybody who writes or publishes pages."""

    def is_shown(self, request):
        return may_see_reports(request.user)


@hooks.register("register_reports_menu_item")
def flags_in_menu():
    return ReportMenuItem(_("Resting on withdrawn knowledge"), reverse("hub_flags"),
                          name="flags", icon_name="warning", order=620)


@hooks.register("register_reports_menu_item")
def broken_links_in_menu():
    return ReportMenuItem(_("Where the chain is broken"), reverse("hub_broken_links"),
                          name="broken-links", icon_name="link", order=630)


class EmailsMenuItem(MenuItem):
    """Who gets which e-mail is shown to administrators only."""

    def is_shown(self, request):
        return may_see_emails(request.user)


@hooks.register("register_reports_menu_item")
def emails_in_menu():
    return EmailsMenuItem(_("E-mails"), reverse("hub_emails"), name="emails",
                          icon_name="mail", order=640)


@hooks.register("register_admin_urls")
def health_addresses():
    return [
        path("reports/health/", HealthView.as_view(), name="hub_health"),
        path("reports/health/tasks/again/", failed_tasks.all_again, name="hub_tasks_again"),
        path("reports/health/tasks/<uuid:result_id>/", failed_tasks.one_task, name="hub_task"),
    ]


@hooks.register("register_reports_menu_item")
def health_in_menu():
    return HealthMenuItem(_("Health"), reverse("hub_health"), name="health",
                          icon_name="circle-check", order=590)


@hooks.register("construct_homepage_panels")
def show_stuck_emails(request, panels):
    if may_see_emails(request.user):
        panels.append(StuckEmailsPanel())


@hooks.register("register_permissions")
def permissions_on_emails():
    return Permission.objects.filter(
        content_type__app_label="hub", codename__in=["view_queuedemail", "change_queuedemail"]
    )


hooks.register("construct_homepage_panels", warn_about_the_clock)
hooks.register("construct_homepage_panels", warn_about_old_backups)
hooks.register("construct_homepage_panels", show_version)
hooks.register("after_bulk_action", record_moved_files)
hooks.register("register_chain_checks", lambda: broken_links.CHECKS)
# First, so that no deletion precedes it.
hooks.register("register_job", every(0, Clock.look), order=-1)
hooks.register("register_job", every(AN_HOUR, flag_missed_dependents))
hooks.register("register_job", every(AN_HOUR, delete_expired))
hooks.register("register_job", every(AN_HOUR, back_up_daily, in_thread=True))
hooks.register("register_job", every(A_DAY, pruning.prune, in_thread=True))
hooks.register("register_job", every(2, deliver, continuous=True))
hooks.register("register_job", every(AN_HOUR, QueuedEmail.objects.erase_old))
hooks.register("register_personal_data", lambda: PersonalData(
    "queued_emails", personal_emails.export, personal_emails.erase
))
hooks.register("page_context", lambda page, request: {"notice": shown_notice(page, request)})
hooks.register("register_personal_data", lambda: PersonalData(
    "organisations", memberships.export, memberships.erase))
hooks.register("register_personal_data", lambda: PersonalData(
    "tasks", lambda user: list(task_records.tasks_about(user).values("task_path", "enqueued_at")),
    task_records.erase))

for order, made in enumerate((
    check("database", _("Database"), web_health.database),
    check("disk", _("Disk"), web_health.disk),
    check("backup", _("Backup"), backup_health.newest_backup),
    check("schedule", _("The schedule"), jobs_health.schedule),
    check("worker", _("Worker of background tasks"), jobs_health.worker),
    check("tasks", _("Background tasks"), jobs_health.tasks),
    check("emails", _("E-mails"), email_health.emails),
    check("clock", _("Clock"), jobs_health.clock),
    check("changes", _("Changes for the search"), jobs_health.changes),
    check("cache", _("Cache"), web_health.cache),
    check("errors", _("Who is told of errors"), email_health.told_of_errors),
)):
    hooks.register("register_health_check", made, order=order)
hooks.register("register_health_check", check(
    "versions", _("Versions at work"), web_health.versions), order=900)
