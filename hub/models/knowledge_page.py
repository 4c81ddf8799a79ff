"""The page that every kind of knowledge is: filed by topic and area, credited, licensed, linked."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import DEFERRED, prefetch_related_objects
from django.db.models.functions import Coalesce, Left
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from hub.access.choosing import current_request
from hub.access.page_permissions import KnowledgePagePermissions
from hub.access.readers import Reader, RestrictedPage, anybody
from hub.hooks import registered
from hub.models.chain_link import chain_of
from hub.models.generation import SAFE_METHODS, kept, kept_of
from hub.models.keys_of_drafts import all_are_there
from hub.models.organisation import Affiliation
from hub.pages.blocks import StoryBlock
from hub.pages.forms import KnowledgePageForm
from hub.pages.panels import TITLE, ChainPanel
from hub.pages.sdgs import SdgField
from hub.pages.sections import Section, block_texts, heading_anchor, plain, stream_sections

LICENCES = [
    ("cc-by-4.0", "CC BY 4.0"),
    ("cc-by-sa-4.0", "CC BY-SA 4.0"),
    ("cc-by-nc-4.0", "CC BY-NC 4.0"),
    ("cc-by-nc-sa-4.0", "CC BY-NC-SA 4.0"),
    ("cc0-1.0", "CC0 1.0"),
    ("all-rights-reserved", _("All rights reserved")),
]


HOME_DEPTH = 2  # of home pages in the tree of pages


def who_may_edit() -> models.Q:
    """Users with access to the editor; many others only have an account."""
    return models.Q(is_active=True) & (
        models.Q(is_superuser=True) | models.Q(groups__permissions__codename="access_admin")
    )


class KnowledgePageQuerySet(PageQuerySet):
    def for_readers_of(self, locale):
        """Pages written in ``locale`` and, where there is no such version, in another language;
        each once, though it has aliases."""
        written = self.filter(locale=locale)
        return self.without_aliases().filter(
            models.Q(locale=locale)
            | ~models.Q(translation_key__in=written.order_by().values("translation_key"))
        )

    def without_aliases(self):
        """Leaves out aliases of live pages below the same home page: the page itself is there."""
        home = Left("path", HOME_DEPTH * Page.steplen)
        return self.exclude(alias_of__live=True, alias_of__path__startswith=home)

    def open_to_all(self):
        """What anybody may read now: live, not private, not past its expiry."""
        return anybody().readable(self)

    def of_site(self, site, request=None):
        """Pages below the root of ``site`` or below a translation of it; all without a site.

        With ``request`` the roots are asked for once per generation.
        """
        if site is None:
            return self

        def root_paths():
            roots = site.root_page.get_translations(inclusive=True)
            return list(roots.values_list("path", flat=True))

        key = ("roots", site.pk)
        below = models.Q()
        for path in kept(request, key, root_paths) if request else root_paths():
            below |= models.Q(path__startswith=path)
        return self.filter(below)

    def for_cards(self) -> list["KnowledgePage"]:
        """``as_kinds``, with what a card in a list shows of them, in three queries."""
        dates = [
            f"{model._meta.model_name}__{name}"
            for model in knowledge_page_types() for name in model.year_from
        ]
        pages = self.annotate(dated=Coalesce(*dates)).prefetch_related("topics", "areas")
        return pages.as_kinds()

    def as_kinds(self) -> list["KnowledgePage"]:
        """Each page as its kind, in one query, without its text; what only its kind has is asked
        for page by page."""
        return [_as_its_kind(page) for page in self.defer("body")]

    def not_expired(self):
        return self.exclude(expire_at__lte=models.functions.Now())

    def of_stages(self, stages):
        """Pages of the types that stand at one of ``stages``."""
        types = [m for m in knowledge_page_types() if m.stage in stages]
        return self.type(*types) if types else self.none()


def _as_its_kind(page):
    """As Wagtail's ``specific_deferred``, which asks for the fields that were left out."""
    model = page.specific_class
    if model is None or isinstance(page, model):
        return page
    own = page.__dict__ | {f.attname: page.pk for f in model._meta.concrete_fields if f.primary_key}
    found = model(*[own.get(f.attname, DEFERRED) for f in model._meta.concrete_fields])
    found._state.adding = False
    for name, value in page.__dict__.items():
        found.__dict__.setdefault(name, value)
    return found


KnowledgePageManager = PageManager.from_queryset(KnowledgePageQuerySet)


def knowledge_page_types() -> list[type["KnowledgePage"]]:
    """Every page type that a page can be created as."""
    return [
        model
        for model in KnowledgePage.__subclasses__()
        if model.is_creatable and not model._meta.abstract
    ]


class KnowledgePage(RestrictedPage, RoutablePageMixin, Page):
    """Common ground of practices, lessons, Models, curricula and policy; never created itself.

    A page type sets ``stage`` and ``chain`` (see ``hub.chain.relations``) and names in
    ``section_fields`` those of its fields that readers see as parts of the page, in order.
    ``read_by_index`` names the related rows that ``sections`` and ``documents_shown`` read.
    ``lists_after`` names lists of other pages that are shown below them, each with its heading; its
    anchor is the name. ``suggests_lessons`` adds suggestions of lessons to the editor's form.

    With ``keeps_versions`` every published version stays readable (see ``hub.versions.numbering``);
    ``compared`` names what readers see of a page, in reading order, where that is more than
    ``section_fields`` and the body: fields, lists of rows, and properties that give rows.
    ``unversioned`` names rows that are read as they are now.

    ``year_from`` names dates of the type that say which year a page is about, the most telling
    first; they go before those that every page has. ``rows_shown`` names the rows that its
    template reads, so that they are asked for once.
    """

    stage = None
    chain = {}
    section_fields = []
    read_by_index = []
    lists_after = []
    suggests_lessons = False
    keeps_versions = False
    compared = []
    unversioned = ["chain_links"]
    year_from = []
    rows_shown = ["topics", "areas", "contributors"]

    summary = models.TextField(
        _("summary"),
        max_length=500,
        help_text=_("Two or three sentences: what the reader will learn and for whom it is."),
    )
    period_start = models.DateField(_("from"), null=True, blank=True)
    period_end = models.DateField(_("to"), null=True, blank=True)
    topics = ParentalManyToManyField("hub.Topic", blank=True, verbose_name=_("topics"))
    areas = ParentalManyToManyField("hub.Area", blank=True, verbose_name=_("areas"))
    licence = models.CharField(
        _("licence"), max_length=30, choices=LICENCES, default="cc-by-4.0"
    )
    sdgs = SdgField(_("Sustainable Development Goals"), default=list, blank=True)
    # Not "stewards": Models name theirs in words of their own, for readers.
    caretakers = ParentalManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+",
        limit_choices_to=who_may_edit, verbose_name=_("who looks after this page"),
        help_text=_("They are written to when knowledge that this page rests on is withdrawn."),
    )
    is_demonstration = models.BooleanField(default=False, editable=False)
    body = StreamField(StoryBlock(), verbose_name=_("text"), blank=True)
    changes = models.TextField(
        _("what changed"), blank=True,
        help_text=_("For readers, in a sentence or two: what is different from the version "
                    "before. Stands in the list of versions."),
    )

    objects = KnowledgePageManager()

    base_form_class = KnowledgePageForm
    is_creatable = False

    search_fields = Page.search_fields + [
        index.SearchField("summary"),
        index.SearchField("section_text"),
        index.FilterField("licence"),
    ]
    content_panels = [TITLE, FieldPanel("summary")]
    filing_panels = [
        MultiFieldPanel(
            [FieldPanel("period_start"), FieldPanel("period_end")], heading=_("Period")
        ),
        FieldPanel("topics", widget=forms.CheckboxSelectMultiple),
        FieldPanel("areas", widget=forms.CheckboxSelectMultiple),
        InlinePanel("contributors", heading=_("Contributors"), label=_("contributor")),
        InlinePanel("attachments", heading=_("Attachments"), label=_("attachment")),
        ChainPanel("chain_links", heading=_("The chain"), label=_("chain link")),
        FieldPanel("sdgs"),
        FieldPanel("licence"),
        FieldPanel("caretakers", widget=forms.CheckboxSelectMultiple),
    ]
    version_panels = [MultiFieldPanel([FieldPanel("changes")], heading=_("This version"))]
    subpage_types = []

    class Meta:
        verbose_name = _("knowledge page")
        verbose_name_plural = _("knowledge pages")

    @classmethod
    def can_create_at(cls, parent):
        """Below a list only where the list shows pages of this kind."""
        kinds = getattr(parent.specific, "stage_list", None)
        return super().can_create_at(parent) and (not kinds or cls.stage in kinds)

    def clean(self):
        super().clean()
        if self.period_start and self.period_end and self.period_end < self.period_start:
            raise ValidationError({"period_end": _("The end lies before the start.")})
        if type(self) is not KnowledgePage:
            for link in self.chain_links.all():
                link.check_for(type(self), page_pk=self.pk)

    @property
    def current_workflow_state(self):
        """As of any page; asked once for each page in a request that changes nothing."""
        request = current_request()
        if request is None or request.method not in SAFE_METHODS:
            return super().current_workflow_state
        if not hasattr(self, "_workflow_state_read"):
            self._workflow_state_read = super().current_workflow_state
        return self._workflow_state_read

    @classmethod
    def from_serializable_data(cls, data, check_fks=True, strict_fks=False):
        """As any page; where all that is named is still there, it is not looked for one by one."""
        check_fks = check_fks and not all_are_there(cls, data)
        return super().from_serializable_data(data, check_fks=check_fks, strict_fks=strict_fks)

    def permissions_for_user(self, user):
        return KnowledgePagePermissions(user, self)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        reader = Reader.of(request).at(self)
        if self.pages_above is not None:  # as it is published: no draft, no earlier version
            prefetch_related_objects([self], *self.rows_shown)
        context["chain"] = kept_of(request, self, "chain", self.chain_for_readers)
        context["attachments"] = self.attachments_for(reader)
        for extend in registered("page_context"):
            context |= extend(self, request)
        return context

    @classmethod
    def types_at(cls, stages) -> list[type["KnowledgePage"]]:
        """The page types that stand at one of ``stages``."""
        return [model for model in knowledge_page_types() if model.stage in stages]

    def chain_for_readers(self):
        """The chain both ways, as anybody may see it: relation → steps."""
        return chain_of(self, KnowledgePage.objects.open_to_all(), Reader.of_page(self))

    # Versions

    @cached_property
    def current_version(self):
        """The newest published version; None for a page that keeps none or has none yet."""
        return self.published_versions.first() if self.keeps_versions and self.pk else None

    @property
    def version_numbers(self) -> range:
        """Of all published versions, from 1 on."""
        return range(1, (self.current_version.number if self.current_version else 0) + 1)

    def get_route_paths(self):
        """Addresses that redirect when the page moves; a version's address is cited."""
        numbers = self.version_numbers
        return [
            *super().get_route_paths(), *(["/versions/"] if numbers else []),
            *[f"/v/{number}/{rest}" for number in numbers for rest in ("", "cite/")],
        ]

    def attachments_for(self, reader) -> list:
        """The files that hang on this page and that ``reader`` may have, as ``Attachment`` rows."""
        rows = list(self.attachments.select_related("document__collection"))
        had = {document.pk for document in reader.having(row.document for row in rows)}
        return [row for row in rows if row.document_id in had]

    @property
    def open_attachments(self) -> list:
        """Those that every reader of this page may have."""
        return self.attachments_for(Reader.of_page(self))

    @property
    def stage_label(self) -> str:
        return self.specific_class.stage.label

    @property
    def year(self) -> int | None:
        """The year the page is about: by ``year_from``, by its period's end or start, else when it
        was published."""
        own = [self.dated] if hasattr(self, "dated") else [getattr(self, n) for n in self.year_from]
        for moment in (*own, self.period_end, self.period_start, self.first_published_at):
            if moment:
                return moment.year
        return None

    @property
    def standing(self) -> int:
        """How far the page has come along the chain, 0 to 3; breaks ties between results."""
        return 0

    @classmethod
    def load_for_index(cls, pages) -> None:
        """Load what ``sections`` and ``documents_shown`` of ``pages``, all of this type, read; in
        few queries whatever their number."""
        models.prefetch_related_objects(
            pages, "topics", "areas", "attachments__document__collection", *cls.read_by_index)

    def documents_shown(self) -> list:
        """All documents that this page shows to some reader."""
        rows = self.attachments.all()
        if "attachments" not in getattr(self, "_prefetched_objects_cache", {}):
            rows = self.attachments.select_related("document__collection")
        rows = list(rows)
        prefetch_related_objects(rows, "document__collection")  # the rows of a draft
        return [row.document for row in rows]

    def sections(self) -> list[Section]:
        """What readers see of this page below its title and summary, heading by heading."""
        found = []
        for name in self.section_fields:
            found.extend(self.field_section(name))
        return found + stream_sections(self.body)

    def section_text(self) -> str:
        """All sections as one text, for the editor's search."""
        return "\n".join(f"{s.heading}\n{s.text}" for s in self.sections())

    def field_section(self, name) -> list[Section]:
        """The section of one field; its anchor is made from the field's name."""
        field = self._meta.get_field(name)
        value = getattr(self, name)
        if not value:
            return []
        if isinstance(field, StreamField):
            text = "\n".join(block_texts(field.stream_block, value))
        else:
            text = plain(value) if "<" in str(value) else str(value)
        return [Section(heading_anchor(name), str(field.verbose_name), text)] if text else []


class ContributorManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().select_related("organisation")


class Contributor(Orderable, Affiliation):
    """Who had a part in what the page tells: a person, or an organisation as such."""

    page = ParentalKey(KnowledgePage, on_delete=models.CASCADE, related_name="contributors")
    name = models.CharField(
        _("name"), max_length=200, blank=True,
        help_text=_("Of a person. It stays empty where the organisation as such took part."),
    )
    role = models.CharField(_("role"), max_length=200, blank=True)

    objects = ContributorManager()

    panels = [FieldPanel(n) for n in ("name", "role", "organisation", "other_organisation")]

    class Meta(Orderable.Meta):
        verbose_name = _("contributor")

    def __str__(self):
        """Who is credited."""
        return self.name or self.affiliation

    def clean(self):
        super().clean()
        if not str(self):
            raise ValidationError({"name": _("Give a name, or choose an organisation.")})


class Attachment(Orderable):
    """A document that belongs to the page."""

    page = ParentalKey(KnowledgePage, on_delete=models.CASCADE, related_name="attachments")
    document = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL,
        on_delete=models.CASCADE,
        related_name="attachments",
        verbose_name=_("document"),
    )
    note = models.CharField(_("what it holds"), max_length=200, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("attachment")

    def __str__(self):
        return self.document.title
