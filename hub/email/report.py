"""The queue in the admin: what waits, what cannot be sent and why; trying again, dropping.

Subject and address are decrypted for who may see this report, and stand in no log and no export.
"""

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets import HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy

from hub.email.content import Unreadable, hash_of, unpacked
from hub.email.health import stuck
from hub.models import QueuedEmail

PERMISSIONS = ["view", "change"]
POLICY = ModelPermissionPolicy(QueuedEmail)
UNFINISHED = [QueuedEmail.State.WAITING, QueuedEmail.State.UNSENDABLE]


def may_see_emails(user) -> bool:
    """Superusers, and groups that were given one of the permissions."""
    return POLICY.user_has_any_permission(user, PERMISSIONS)


class EmailFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"), choices=QueuedEmail.State.choices
    )
    problem = django_filters.ChoiceFilter(
        label=gettext_lazy("Problem"), choices=QueuedEmail.Problem.choices
    )
    kind = django_filters.CharFilter(label=gettext_lazy("Kind"), lookup_expr="icontains")
    address = django_filters.CharFilter(
        label=gettext_lazy("E-mail address"), method="with_address",
        help_text=gettext_lazy("The whole address; e-mails that were sent are found by it too."),
    )

    class Meta:
        model = QueuedEmail
        fields = ["state", "problem", "kind", "address"]

    def with_address(self, queryset, name, value):
        return queryset.filter(address_hash=hash_of(value))


class EmailsView(ReportView):
    """Every e-mail of the last weeks, newest first."""

    model = QueuedEmail
    page_title = gettext_lazy("E-mails")
    verbose_name_plural = QueuedEmail._meta.verbose_name_plural
    header_icon = "mail"
    index_url_name = "hub_emails"
    index_results_url_name = "hub_emails_results"
    results_template_name = "wagtailadmin/generic/listing_results.html"
    filterset_class = EmailFilterSet
    permission_policy = POLICY
    any_permission_required = PERMISSIONS
    is_searchable = False
    default_ordering = "-created_at"
    list_export = ["kind", "get_state_display", "created_at", "tries", "next_try_at",
                   "get_problem_display", "error"]
    export_headings = {"get_state_display": gettext_lazy("State"),
                       "get_problem_display": gettext_lazy("Problem"),
                       "error": gettext_lazy("Answer of the mail server")}
    columns = [
        TitleColumn("shown_subject", label=gettext_lazy("E-mail"),
                    get_url=lambda row: reverse("hub_email", args=[row.pk])),
        Column("get_state_display", label=gettext_lazy("State")),
        Column("shown_problem", label=gettext_lazy("Problem")),
        Column("tries", label=gettext_lazy("Tries"), sort_key="tries"),
        DateColumn("created_at", label=gettext_lazy("Written on"), sort_key="created_at"),
        DateColumn("shown_next_try", label=gettext_lazy("Next try")),
    ]

    @property
    def header_buttons(self):
        if not POLICY.user_has_permission(self.request.user, "change"):
            return []
        return [HeaderButton(
            _("Try all again"), url=reverse("hub_emails_again"), icon_name="rotate"
        )]

    def get_table(self, object_list):
        return super().get_table([_shown(row) for row in object_list])


def _shown(row):
    """``row`` with what the report shows of it."""
    subject, row.address = _subject_and_address(row)
    row.shown_subject = subject or row.kind or _("Another e-mail")
    is_unfinished = row.state in UNFINISHED
    row.shown_problem = row.get_problem_display() if is_unfinished else ""
    row.shown_next_try = row.next_try_at if row.state == QueuedEmail.State.WAITING else None
    return row


def _subject_and_address(row) -> tuple[str, str]:
    if not row.content:
        return "", ""
    try:
        message = unpacked(row.content)
    except Unreadable:
        return "", ""
    return message.subject, message.recipient


class _QueuePage(WagtailAdminTemplateMixin, PermissionCheckedMixin, TemplateView):
    header_icon = "mail"
    permission_policy = POLICY
    any_permission_required = PERMISSIONS

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("hub_emails"), "label": _("E-mails")},
            {"url": "", "label": self.get_page_title()},
        ]

    def may_change(self) -> bool:
        return POLICY.user_has_permission(self.request.user, "change")

    def refuse_who_may_only_look(self) -> None:
        if not self.may_change():
            raise PermissionDenied


class EmailView(_QueuePage):
    """One e-mail: what became of it so far, and what can be done about it."""

    template_name = "hub/email/queued_email.html"

    def get_page_title(self):
        return self.row.shown_subject

    def dispatch(self, request, *args, **kwargs):
        if not may_see_emails(request.user):
            raise PermissionDenied
        self.row = _shown(get_object_or_404(QueuedEmail, pk=kwargs["pk"]))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "email": self.row, "may_change": self.may_change() and self.row.state in UNFINISHED,
        }

    def post(self, request, pk):
        self.refuse_who_may_only_look()
        mine = QueuedEmail.objects.filter(pk=pk)
        if "drop" in request.POST:
            if mine.drop():
                messages.success(request, _("Dropped; its text is erased."))
        elif mine.try_again():
            messages.success(request, _("It is sent again within seconds."))
        return redirect("hub_email", pk)


class AllAgainView(_QueuePage):
    """Try everything again that waits or cannot be sent: the mail server was mended."""

    template_name = "hub/email/try_all_again.html"
    page_title = gettext_lazy("Try all again")

    def dispatch(self, request, *args, **kwargs):
        if not may_see_emails(request.user):
            raise PermissionDenied
        self.refuse_who_may_only_look()
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        number = QueuedEmail.objects.filter(state__in=UNFINISHED).count()
        return super().get_context_data(**kwargs) | {"number": number}

    def post(self, request):
        number = QueuedEmail.objects.all().try_again()
        messages.success(request, ngettext(
            "%(number)s e-mail is tried again.", "%(number)s e-mails are tried again.", number
        ) % {"number": number})
        return redirect("hub_emails")


class StuckEmailsPanel(Component):
    """On the admin's home: that e-mails are late or cannot be sent; nothing while all is well."""

    name = "stuck_emails"
    template_name = "hub/email/stuck_emails.html"
    order = 90

    def get_context_data(self, parent_context):
        return vars(stuck())
