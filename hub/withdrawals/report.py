"""A report for editors: which pages rest on withdrawn knowledge, and what reviews found."""

import django_filters
from django.db.models import F
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import page_permission_policy

from hub.models import Flag, KnowledgePage
from hub.withdrawals.notices import shown_in_editor_to

PERMISSIONS = ["add", "change", "publish"]


def may_see_reports(user) -> bool:
    """Whether ``user`` writes or publishes pages."""
    return page_permission_policy.user_has_any_permission(user, PERMISSIONS)


class FlagsFilterSet(WagtailFilterSet):
    waits = django_filters.BooleanFilter(
        label=_("Waits for a review"), field_name="reviewed_at", lookup_expr="isnull"
    )

    class Meta:
        model = Flag
        fields = ["waits"]


class FlagsView(ReportView):
    """Every flag of a withdrawal that was not lifted: those without review first, oldest first."""

    model = Flag
    page_title = _("Resting on withdrawn knowledge")
    verbose_name_plural = Flag._meta.verbose_name_plural
    header_icon = "warning"
    index_url_name = "hub_flags"
    index_results_url_name = "hub_flags_results"
    results_template_name = "wagtailadmin/generic/listing_results.html"
    filterset_class = FlagsFilterSet
    permission_policy = page_permission_policy
    any_permission_required = PERMISSIONS
    is_searchable = False
    list_export = ["page_title", "withdrawn", "created_at", "reviewer", "outcome", "checked"]
    export_headings = {
        "page_title": _("Page"), "withdrawn": _("Withdrawn knowledge"),
        "created_at": _("Flagged on"),
    }
    columns = [
        TitleColumn("page_title", label=_("Page"),
                    get_url=lambda flag: reverse("hub_review", args=[flag.pk])),
        Column("withdrawn", label=_("Withdrawn knowledge")),
        DateColumn("created_at", label=_("Flagged on")),
        Column("get_outcome_display", label=_("Outcome")),
        Column("reviewer", label=_("Who reviewed it")),
    ]

    def get_base_queryset(self):
        return (
            Flag.objects.filter(withdrawal__lifted_at=None).exclude(key__in=self.hidden_keys)
            .select_related("withdrawal")
            .order_by(F("reviewed_at").asc(nulls_first=True), "created_at", "pk")
        )

    @cached_property
    def hidden_keys(self) -> set:
        """Translation keys of pages that the user may see in no language."""
        shown = shown_in_editor_to(self.request.user).values("translation_key")
        hidden = KnowledgePage.objects.exclude(translation_key__in=shown)
        return set(hidden.values_list("translation_key", flat=True))

    def order_queryset(self, queryset):
        return queryset

    def get_context_data(self, *args, **kwargs):
        if self.is_export:
            kwargs["object_list"] = self._with_titles(self.object_list)
        return super().get_context_data(*args, **kwargs)

    def get_table(self, object_list):
        return super().get_table(self._with_titles(object_list))

    def _with_titles(self, flags):
        """The flags, each with the titles of its page and of what was withdrawn."""
        flags = list(flags)
        titles = dict(
            KnowledgePage.objects.filter(translation_key__in=[flag.key for flag in flags])
            .order_by("-locale_id", "-pk").values_list("translation_key", "title")
        )
        for flag in flags:
            flag.page_title = titles.get(flag.key, "–")
            is_hidden = flag.withdrawal.key in self.hidden_keys
            flag.withdrawn = _("a page that is not public") if is_hidden else flag.withdrawal.title
        return flags
