"""The editor's side of policy: parties and reports."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from policy.models import Clause, ClauseReport, Party


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


class ClauseReportForm(WagtailAdminModelForm):
    clause_key = forms.TypedChoiceField(
        label=_("clause"), choices=clause_choices, widget=forms.Select
    )


ClauseReport.base_form_class = ClauseReportForm


class PartyViewSet(SnippetViewSet):
    model = Party
    icon = "group"
    list_display = ["name_th", "name_en", "kind"]
    list_filter = ["kind"]
    panels = [FieldPanel(n) for n in ("name_th", "name_en", "slug", "kind")]


class ClauseReportViewSet(SnippetViewSet):
    model = ClauseReport
    icon = "form"
    list_display = ["party", "claim", "reported_on", "finding"]
    list_filter = ["party", "finding"]


class PolicyViewSetGroup(SnippetViewSetGroup):
    items = (ClauseReportViewSet, PartyViewSet)
    menu_label = _("Follow-up")
    menu_icon = "form"


register_snippet(PolicyViewSetGroup)
