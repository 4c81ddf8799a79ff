"""A report for editors: what was searched for, what had no results, and what was opened."""

from collections import defaultdict

import django_filters
from django import forms
from django.conf import settings
from django.db.models import Sum
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import page_permission_policy

from search.models import OpenedCount, SearchCount
from search.models.search_count import OTHER_SEARCHES

PERMISSIONS = ["add", "change", "publish"]
TITLES_OF_A_ROW = 3


def may_see_searches(user) -> bool:
    """Whether ``user`` writes or publishes pages."""
    return page_permission_policy.user_has_any_permission(user, PERMISSIONS)


class SearchesFilterSet(WagtailFilterSet):
    """The period, the language, and whether each day has rows of its own."""

    day = django_filters.DateFromToRangeFilter(
        label=gettext_lazy("Period"), widget=DateRangePickerWidget
    )
    language = django_filters.ChoiceFilter(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect,
        empty_label=gettext_lazy("All"),
    )
    rows = django_filters.ChoiceFilter(
        label=gettext_lazy("Rows"), choices=[("day", gettext_lazy("Each day"))],
        widget=forms.RadioSelect, empty_label=gettext_lazy("Whole period"), method="keep_all",
    )

    class Meta:
        model = SearchCount
        fields = ["day", "language", "rows"]

    def keep_all(self, queryset, name, value):
        return queryset  # the view groups the filtered rows


class SearchesView(ReportView):
    """How often texts were searched for, had no results, and led to something opened.

    Texts searched for less than three times are added up in one row, without the text.
    """

    model = SearchCount
    page_title = gettext_lazy("Searches")
    verbose_name_plural = SearchCount._meta.verbose_name_plural
    header_icon = "search"
    index_url_name = "search_searches"
    index_results_url_name = "search_searches_results"
    results_template_name = "wagtailadmin/generic/listing_results.html"
    filterset_class = SearchesFilterSet
    permission_policy = page_permission_policy
    any_permission_required = PERMISSIONS
    default_ordering = "-times"
    export_filename = "searches"
    export_headings = {
        "day": gettext_lazy("Day"), "shown": gettext_lazy("Searched for"),
        "language": gettext_lazy("Language"), "times": gettext_lazy("Times"),
        "times_no_results": gettext_lazy("Found nothing"), "times_opened": gettext_lazy("Opened"),
        "titles": gettext_lazy("What was opened"),
    }

    @cached_property
    def per_day(self) -> bool:
        return self.request.GET.get("rows") == "day"

    @cached_property
    def columns(self):
        sortable = ["shown", "language", "times", "times_no_results", "times_opened"]
        return [
            Column(name, label=label, sort_key=name if name in ["day", *sortable] else None)
            for name, label in self.export_headings.items()
            if name != "day" or self.per_day
        ]

    @cached_property
    def list_export(self):
        return [column.name for column in self.columns]

    def get_base_queryset(self):
        return SearchCount.objects.all()

    def order_queryset(self, queryset):
        return queryset  # get_filtered_queryset orders the grouped rows

    def get_filtered_queryset(self):
        # Filters first: they select the days that are added up.
        rows = self.get_queryset().for_report(self.per_day)
        last = ["-day"] if self.per_day else []
        return rows.order_by(self.ordering, *last, "shown", "language")

    def get_context_data(self, *args, **kwargs):
        if self.is_export:
            kwargs["object_list"] = self._with_titles(self.object_list)
        return super().get_context_data(*args, **kwargs)

    def get_table(self, object_list):
        return super().get_table(self._with_titles(object_list))

    def _with_titles(self, rows) -> list[dict]:
        """The rows with labels for display and the titles of what was opened."""
        languages = dict(settings.LANGUAGES)
        shown = []
        for row in rows:
            key = (row.get("day"), row["language"], row["shown"])
            shown.append(row | {
                "shown": row["shown"] or _("(rarer searches together)"),
                "language": languages.get(row["language"], row["language"]),
                "titles": ", ".join(
                    f"{title} ({times})" for title, times in self._titles.get(key, [])
                ),
            })
        return shown

    @cached_property
    def _titles(self) -> dict:
        """(day or None, language, text) of common searches → the titles opened most."""
        days = ["search__day"] if self.per_day else []
        counted = (
            OpenedCount.objects.filter(
                search__in=self.get_queryset().filter(text__in=SearchCount.objects.common_texts())
            )
            .exclude(search__text=OTHER_SEARCHES)
            .values(*days, "search__language", "search__text", "page__title", "document__title")
            .annotate(times=Sum("opened"))
            .order_by("-times", "page__title", "document__title")
        )
        titles = defaultdict(list)
        for row in counted:
            key = (row.get("search__day"), row["search__language"], row["search__text"])
            if len(titles[key]) < TITLES_OF_A_ROW:
                titles[key].append((row["page__title"] or row["document__title"], row["times"]))
        return titles
