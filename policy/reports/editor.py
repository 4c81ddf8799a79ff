"""Parties, reports and verifications as snippets of the editor."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from policy.models import ClauseReport, Party, Verification
from policy.reports.editor_forms import PartyForm, RecordForm

# Wagtail reads the form class of a snippet from its model.
ClauseReport.base_form_class = Verification.base_form_class = RecordForm
Party.base_form_class = PartyForm


class AppendOnlyPolicy(ModelPermissionPolicy):
    """Records can be added and viewed; nobody can change or delete them."""

    def user_has_permission(self, user, action):
        return action not in ("change", "delete") and super().user_has_permission(user, action)

    def users_with_any_permission(self, actions):
        return super().users_with_any_permission(set(actions) - {"change", "delete"})


class PartyViewSet(SnippetViewSet):
    model = Party
    icon = "group"
    list_display = ["organisation", "email"]
    list_filter = ["organisation__kind"]
    search_backend_name = None
    search_fields = ["organisation__name_th", "organisation__name_en"]
    panels = [
        FieldPanel(name) for name in ("organisation", "email", "member_names", "revoke_links")
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
        "party", "claim", "extent", "done_on", "evidence", "evidence_url", "figure", "figure_unit",
        "figure_method", "reported_on", "reporter_name",
    ]


class VerificationViewSet(RecordViewSet):
    model = Verification
    icon = "check"
    list_display = ["party", "finding", "observation", "observed_on", "verifier_name"]
    list_filter = ["party", "finding"]
    inspect_view_fields = [
        "party", "finding", "extent", "figure", "observation", "observed_on", "evidence_url",
        "verifier_name", "recorded_at",
    ]


class PolicyViewSetGroup(SnippetViewSetGroup):
    items = (ClauseReportViewSet, VerificationViewSet, PartyViewSet)
    menu_label = _("Follow-up")
    menu_icon = "form"
