"""The report on broken links of the chain: the public page, its CSV file, and for editors."""

from collections import Counter

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Locale

from hub.chain.broken_links import checks
from hub.email.sending import absolute
from hub.export.tables import Column, Table, csv_response
from hub.forms.query import query_value
from hub.models import Area, KnowledgePage, Topic
from hub.models.generation import kept
from hub.models.site_pages import pages_of_site
from hub.web.navigation import site_of
from hub.withdrawals.report import may_see_reports

PAGES_IN_A_LIST = 20
MOST_ROWS = 5000  # of the file


class Report:
    """The checks over what anybody may read, narrowed by the address of ``request``.

    ``check``, ``topic`` and ``area`` name the check whose pages are listed (else the first that
    finds any), a topic and an area; names that are not known count as not given.

    Which pages fail, and in what order pages stand, is reckoned once per change, for everybody.
    """

    def __init__(self, request):
        self.request = request
        self.language = get_language() or "th"

    def _reckoned(self, key, reckon):
        return kept(self.request, ("broken links", *key), reckon)

    def _of_site(self, key, reckon):
        """What ``reckon`` finds for the pages that readers of the language have on this site."""
        site = site_of(self.request)
        return self._reckoned((key, site and site.pk), lambda: reckon(
            pages_of_site(self.request).for_readers_of(
                Locale.objects.get(language_code=self.language))))

    @cached_property
    def topic(self):
        return Topic.objects.filter(slug=query_value(self.request, "topic")).first()

    @cached_property
    def area(self):
        return Area.objects.filter(geocode=query_value(self.request, "area")).first()

    @cached_property
    def all_pages(self) -> list[int]:
        """The ids of the pages that readers have, by their titles."""
        return self._of_site("pages", lambda pages: list(
            pages.order_by("title", "pk").values_list("pk", flat=True)))

    @cached_property
    def pages(self) -> list[int]:
        """Those of them that are looked at."""
        pages = self.all_pages
        for narrowed in (
            self.topic and KnowledgePage.objects.filter(topics=self.topic),
            self.area and KnowledgePage.objects.filter(areas__in=Area.objects.within(self.area)),
        ):
            if narrowed is not None:
                wanted = set(narrowed.order_by().values_list("pk", flat=True))
                pages = [pk for pk in pages if pk in wanted]
        return pages

    def broken(self, check) -> list[int]:
        """The ids of the pages that fail ``check``, by their titles."""
        failing = self._reckoned((check.slug,), lambda: frozenset(
            check.broken(KnowledgePage.objects.open_to_all()).order_by()
            .values_list("pk", flat=True)))
        return [pk for pk in self.pages if pk in failing]

    @cached_property
    def counts(self) -> list[tuple]:
        """(check, how many pages fail it), in the order of the checks."""
        return [(check, len(self.broken(check))) for check in checks()]

    @cached_property
    def check(self):
        """The check whose pages are listed."""
        slug = query_value(self.request, "check")
        named = [check for check, _n in self.counts if check.slug == slug]
        failing = [check for check, number in self.counts if number]
        return next(iter(named + failing + [check for check, _n in self.counts]))

    @cached_property
    def page_obj(self):
        """One page of the list, of ids."""
        pages = Paginator(self.broken(self.check), PAGES_IN_A_LIST)
        return pages.get_page(query_value(self.request, "page"))

    def context(self) -> dict:
        found = _pages(self.page_obj, "topics", "areas__parent")
        remarks = self.check.remarks(found)
        return {
            "counts": self.counts, "check": self.check, "page_obj": self.page_obj,
            "rows": [(page, remarks.get(page.pk, "")) for page in found],
            "topic": self.topic, "area": self.area,
            "topics": self._with_counts("topics", Topic.objects.all()),
            "districts": self._with_counts("areas", Area.objects.districts()),
        }

    def _with_counts(self, name, things) -> list:
        """Topics or areas that have pages, each with ``page_count``, most pages first; as
        ``with_page_counts``, which asks the database about each page for each of them."""
        def count(_pages):
            field = KnowledgePage._meta.get_field(name)
            page, thing = field.m2m_column_name(), field.m2m_reverse_name()
            known = set(self.all_pages)
            pairs = field.remote_field.through.objects.values_list(thing, page)
            number = Counter(pk for pk, page_pk in pairs if page_pk in known)
            found = [each for each in things if number[each.pk]]
            for each in found:
                each.page_count = number[each.pk]
            return sorted(found, key=lambda each: -each.page_count)

        return self._of_site(name, count)

    def rows(self):
        """Every page that fails any check, for a file: check, kind, title, address, details."""
        for check in checks():
            pages = _pages(self.broken(check)[:MOST_ROWS])
            remarks = check.remarks(pages)
            for page in pages:
                yield [str(check.title), str(page.stage_label), page.title,
                       absolute(page.get_url(self.request) or ""), remarks.get(page.pk, "")]


def _pages(pks, *related) -> list:
    """The specific pages of ``pks``, in this order, as far as anybody may read them still."""
    pages = KnowledgePage.objects.open_to_all().filter(pk__in=list(pks)).order_by("title", "pk")
    return list(pages.prefetch_related(*related).specific())


@require_safe
def broken_links(request):
    """The public report."""
    return render(request, "hub/chain/broken_links.html", Report(request).context())


@require_safe
def broken_links_as_csv(request):
    """All checks in one CSV file."""
    columns = [
        Column("check", _("What is broken")), Column("kind", _("Kind")), Column("page", _("Page")),
        Column("address", _("Address")), Column("details", _("Details")),
    ]
    return csv_response(Table("broken-chain", columns, list(Report(request).rows())))


class EditorsReport(WagtailAdminTemplateMixin, TemplateView):
    """The report in the editor, each page linked to its form."""

    template_name = "hub/chain/broken_links_report.html"
    page_title = gettext_lazy("Where the chain is broken")
    header_icon = "link"

    def dispatch(self, request, *args, **kwargs):
        if not may_see_reports(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | Report(self.request).context()
