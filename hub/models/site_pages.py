"""Pages that hold the site together: the home page, the lists and plain text pages."""

from django.core.paginator import Paginator
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, Site

from hub.access.readers import RestrictedPage, anybody
from hub.chain.relations import STAGE_PLURALS, Stage
from hub.forms.query import query_value
from hub.models.area import Area
from hub.models.generation import kept, kept_of
from hub.models.knowledge_page import KnowledgePage
from hub.models.topic import Topic
from hub.pages.blocks import StoryBlock
from hub.pages.forms import HubPageForm, SectionPageForm
from hub.pages.panels import TITLE

PAGES_IN_A_LIST = 12


class HomePage(RestrictedPage, Page):
    """The start page: search, the kinds of knowledge, topics, places, new pages."""

    tagline = models.CharField(_("tagline"), max_length=200, blank=True)
    introduction = models.TextField(_("introduction"), blank=True)
    body = StreamField(StoryBlock(), verbose_name=_("text"), blank=True)

    base_form_class = HubPageForm
    content_panels = [
        TITLE,
        FieldPanel("tagline"),
        FieldPanel("introduction"),
        FieldPanel("body"),
    ]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["hub.SectionPage", "hub.TextPage"]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        return context | kept(
            request, ("home", self.pk, _site_id(request)), lambda: self._lists(request)
        )

    def _lists(self, request) -> dict:
        pages = pages_of_site(request).for_readers_of(self.locale_id)
        sections = anybody().readable(SectionPage.objects.child_of(self)).in_menu()
        lists = {
            "models": _newest(pages.of_stages([Stage.MODEL]), 3),
            "lessons": _newest(pages.of_stages([Stage.LESSON, Stage.PRACTICE]), 4),
            "policies": _newest(pages.of_stages([Stage.RESOLUTION]), 3),
        }
        shown = KnowledgePage.objects.filter(pk__in={pk for pks in lists.values() for pk in pks})
        cards = {page.pk: page for page in shown.for_cards()}
        return {
            "sections": list(sections),
            **{name: [cards[pk] for pk in pks] for name, pks in lists.items()},
            "topics": with_page_counts(Topic.objects.all(), pages),
            "districts": with_page_counts(Area.objects.districts(), pages),
        }


def _site_id(request):
    site = Site.find_for_request(request)
    return site and site.pk


def pages_of_site(request):
    """What anybody may read on the site that ``request`` is for."""
    return KnowledgePage.objects.open_to_all().of_site(Site.find_for_request(request), request)


def _newest(pages, number) -> list[int]:
    return list(pages.order_by("-first_published_at").values_list("pk", flat=True)[:number])


def with_page_counts(queryset, pages):
    """A list of topics or areas that have pages, each with ``page_count``, most pages first.

    The pages of a district's subdistricts are counted under their own area only.
    """
    return list(
        queryset.annotate(
            page_count=Count(
                "knowledgepage", filter=Q(knowledgepage__in=pages.order_by().values("pk"))
            )
        )
        .filter(page_count__gt=0)
        .order_by("-page_count")
    )


class SectionPage(RestrictedPage, Page):
    """A list of the pages of some kinds, wherever in the site they stand."""

    introduction = models.TextField(_("introduction"), blank=True)
    stages = models.CharField(
        _("kinds of page"),
        max_length=200,
        help_text=_("Which kinds the list shows."),  # stored as practice,lesson
    )

    base_form_class = SectionPageForm
    content_panels = [TITLE, FieldPanel("introduction"), FieldPanel("stages")]
    parent_page_types = ["hub.HomePage"]
    # No subpage_types here: the base layer cannot name the page types of the apps above it.
    # Each of them names this page among its parents.

    class Meta:
        verbose_name = _("section page")

    @property
    def stage_list(self) -> list[Stage]:
        return [Stage(s.strip()) for s in self.stages.split(",") if s.strip() in Stage.values]

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        pages = pages_of_site(request).for_readers_of(self.locale_id).of_stages(self.stage_list)
        context |= kept(request, ("section", self.pk, _site_id(request)), lambda: {
            "topics": with_page_counts(Topic.objects.all(), pages),
            "districts": with_page_counts(Area.objects.districts(), pages),
        })
        topic, area = query_value(request, "topic"), query_value(request, "area")
        context["chosen_topic"] = Topic.objects.filter(slug=topic).first() if topic else None
        context["chosen_area"] = Area.objects.filter(geocode=area).first() if area else None
        context["chosen_stage"] = next(
            (s for s in self.stage_list if s == request.GET.get("kind")), None
        )
        if context["chosen_topic"]:
            pages = pages.filter(topics=context["chosen_topic"])
        if context["chosen_area"]:
            pages = pages.filter(
                areas__in=Area.objects.within(context["chosen_area"])
            ).distinct()
        if context["chosen_stage"]:
            pages = pages.of_stages([context["chosen_stage"]])
        number = query_value(request, "page")
        is_narrowed = (
            context["chosen_topic"] or context["chosen_area"] or context["chosen_stage"] or number)
        context["page_obj"] = _part_of_list(pages, number) if is_narrowed else kept_of(
            request, self, ("list", _site_id(request)), lambda: _part_of_list(pages, 1))
        context["stages"] = [(s, STAGE_PLURALS[s]) for s in self.stage_list]
        return context


def _part_of_list(pages, number):
    """The part ``number`` of ``pages``, newest first, as cards show them: a page of a Paginator."""
    newest_first = pages.order_by("-first_published_at", "-pk")
    part = Paginator(newest_first, PAGES_IN_A_LIST).get_page(number)
    part.object_list = list(part.object_list.for_cards())
    return part


class TextPage(RestrictedPage, Page):
    """A page of plain text: about the hub, its rules, accessibility."""

    body = StreamField(StoryBlock(), verbose_name=_("text"), blank=True)

    base_form_class = HubPageForm
    content_panels = [TITLE, FieldPanel("body")]
    parent_page_types = ["hub.HomePage"]
    subpage_types = []

    class Meta:
        verbose_name = _("text page")
