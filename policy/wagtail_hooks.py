"""The editor's side of policy: parties, what comes on paper, sheets of resolutions."""

from django import forms
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel
from wagtail.admin.widgets import Button
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from hub.jobs.scheduler import AN_HOUR, every
from hub.people.personal_data import PersonalData
from policy.deliberation import account_section as deliberation_section
from policy.imports import views
from policy.ledger import account_section as ledger_section
from policy.ledger import broken_links, chain_nodes
from policy.models import AssemblyPage, Clause, ClauseReport, Party, Verification
from policy.reports import permissions, reminders
from policy.reports.party_form import PartyForm


def clause_choices():
    """Every clause of a live resolution, grouped by resolution, as (key, text)."""
    groups = {}
    clauses = (
        Clause.objects.filter(page__live=True, locale__language_code="th")
        .select_related("page")
        .order_by("page__path", "sort_order")
    )
    for clause in clauses:
        label = f"{clause.number}. {clause.text[:80]}"
        groups.setdefault(f"{clause.page.number} {clause.page.title}", []).append(
            (str(clause.translation_key), label)
        )
    return [("", "—"), *groups.items()]


class RecordForm(WagtailAdminModelForm):
    """A report or a verification that came on paper."""

    clause_key = forms.TypedChoiceField(
        label=_("clause"), choices=clause_choices, widget=forms.Select
    )


ClauseReport.base_form_class = Verification.base_form_class = RecordForm
Party.base_form_class = PartyForm


class AppendOnlyPolicy(ModelPermissionPolicy):
    """Records are added and looked at, by nobody changed or deleted."""

    def user_has_permission(self, user, action):
        return action not in ("change", "delete") and super().user_has_permission(user, action)

    def users_with_any_permission(self, actions):
        return super().users_with_any_permission(set(actions) - {"change", "delete"})


for record in (ClauseReport, Verification):
    register_permission_policy(record, AppendOnlyPolicy(record), exact_class=True)


class PartyViewSet(SnippetViewSet):
    model = Party
    icon = "group"
    list_display = ["name_th", "name_en", "kind", "email"]
    list_filter = ["kind"]
    panels = [
        FieldPanel(n)
        for n in ("name_th", "name_en", "slug", "kind", "email", "member_names", "has_new_key")
    ]


class RecordViewSet(SnippetViewSet):
    inspect_view_enabled = True
    copy_view_enabled = False


class ClauseReportViewSet(RecordViewSet):
    model = ClauseReport
    icon = "form"
    list_display = ["party", "claim", "reported_on", "reporter_name"]
    list_filter = ["party", "reported_on"]
    inspect_view_fields = [
        "party", "claim", "done_on", "evidence", "evidence_url", "figure", "figure_unit",
        "figure_how", "reported_on", "reporter_name",
    ]


class VerificationViewSet(RecordViewSet):
    model = Verification
    icon = "check"
    list_display = ["party", "finding", "seen", "seen_on", "verifier_name"]
    list_filter = ["party", "finding"]
    inspect_view_fields = [
        "party", "finding", "seen", "seen_on", "evidence_url", "verifier_name", "recorded_at",
    ]


class PolicyViewSetGroup(SnippetViewSetGroup):
    items = (ClauseReportViewSet, VerificationViewSet, PartyViewSet)
    menu_label = _("Follow-up")
    menu_icon = "form"


register_snippet(PolicyViewSetGroup)


@hooks.register("register_admin_urls")
def sheet_addresses():
    return [
        path("resolutions/<int:assembly>/", views.upload, name="policy_sheet"),
        path("resolutions/<int:assembly>/template.xlsx", views.template,
             name="policy_sheet_template"),
        path("resolutions/<int:assembly>/<int:sheet>/", views.preview,
             name="policy_sheet_preview"),
    ]


@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def resolutions_from_a_sheet(page, user, next_url=None, view_name=None):
    """Below an assembly: take in past resolutions, for those who may publish there."""
    if isinstance(page.specific_deferred, AssemblyPage) and views.may_take_in(user, page):
        yield Button(
            _("Resolutions from a spreadsheet"), reverse("policy_sheet", args=[page.pk]),
            icon_name="table", priority=60,
        )


hooks.register("account_section", ledger_section.section, order=50)
hooks.register("account_section", deliberation_section.section, order=100)
hooks.register("load_reference_data", permissions.add_groups)
hooks.register("non_page_nodes", chain_nodes.clauses_of)
hooks.register("register_chain_checks", lambda: broken_links.CHECKS)
hooks.register("register_job", every(AN_HOUR, reminders.send_due, by_day=True))
hooks.register("register_personal_data", lambda: PersonalData(
    "follow_up", ledger_section.ledger_export_of, ledger_section.ledger_erase_of))
hooks.register("register_personal_data", lambda: PersonalData(
    "deliberation", deliberation_section.export_of, deliberation_section.erase_of))
