"""The report on broken links of the chain: the public page, its CSV file, and for editors."""

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
from hub.models import Area, Topic
from hub.models.site_pages import pages_of_site, with_page_counts
from hub.withdrawals.report import may_see_reports

PAGES_IN_A_LIST = 20
MOST_ROWS = 5000  # of the file


class Report:
    """The checks over what anybody may read, narrowed by the address of ``request``.

    ``check``, ``topic`` and ``area`` name the check whose pages are listed (else the first that
    finds any), a topic and an area; names that are not known count as not given.
    """

    def __init__(self, request):
        self.request = request
        locale = Locale.objects.get(language_code=get_language() or "th")
        self.all_pages = pages_of_site(request).for_readers_of(locale)

    @cached_property
    def topic(self):
        return Topic.objects.filter(slug=query_value(self.request, "topic")).first()

    @cached_property
    def area(self):
        return Area.objects.filter(geocode=query_value(self.request, "area")).first()

    @cached_property
    def pages(self):
        pages = self.all_pages
        if self.topic:
            pages = pages.filter(topics=self.topic)
        if self.area:
            inside = pages.filter(areas__in=Area.objects.within(self.area))
            pages = pages.filter(pk__in=inside.order_by().values("pk"))
        return pages

    @cached_property
    def counts(self) -> list[tuple]:
        """(check, how many pages fail it), in the order of the checks."""
        return [(check, check.broken(self.pages).count()) for check in checks()]

    @cached_property
    def check(self):
        """The check whose pages are listed."""
        slug = query_value(self.request, "check")
        named = [check for check, _n in self.counts if check.slug == slug]
        failing = [check for check, number in self.counts if number]
        return next(iter(named + failing + [check for check, _n in self.counts]))

    @cached_property
    def page_obj(self):
        broken = (
            self.check.broken(self.pages).order_by("title", "pk")
            .prefetch_related("topics", "areas__parent").specific()
        )
        return Paginator(broken, PAGES_IN_A_LIST).get_page(query_value(self.request, "page"))

    def context(self) -> dict:
        found = list(self.page_obj)
        remarks = self.check.remarks(found)
        return {
            "counts": self.counts, "check": self.check, "page_obj": self.page_obj,
            "rows": [(page, remarks.get(page.pk, "")) for page in found],
            "topic": self.topic, "area": self.area,
            "topics": with_page_counts(Topic.objects.all(), self.all_pages),
            "districts": with_page_counts(Area.objects.districts(), self.all_pages),
        }

    def rows(self):
        """Every page that fails any check, for a file: check, kind, title, address, details."""
        for check in checks():
            pages = list(check.broken(self.pages).order_by("title", "pk").specific()[:MOST_ROWS])
            remarks = check.remarks(pages)
            for page in pages:
                yield [str(check.title), str(page.stage_label), page.title,
                       absolute(page.get_url(self.request) or ""), remarks.get(page.pk, "")]


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
