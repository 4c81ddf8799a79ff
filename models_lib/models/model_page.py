"""Models, extracted from practice so that others can use them."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, TranslatableMixin

from hub.chain.relations import Relation, Stage
from hub.models import KnowledgePage
from hub.pages.blocks import FigureBlock
from hub.pages.sections import Section, block_texts, heading_anchor
from models_lib.models.peer_review import PeerReview
from models_lib.models.replication_page import ReplicationPage


class ModelPage(KnowledgePage):
    """A way of solving a problem, in building blocks, with its conditions, costs and limits."""

    class Maturity(models.TextChoices):
        DRAFT = "draft", _("Draft")
        TRIED = "tried", _("Tried once")
        REPLICATED = "replicated", _("Replicated")
        POLICY = "policy", _("Became policy")

    stage = Stage.MODEL
    rows_shown = [*KnowledgePage.rows_shown, "conditions", "building_blocks"]
    suggests_lessons = True
    lists_after = [
        ("replications", _("Where it holds and where not")),
        ("peer_review", _("Reviewed by peers")),
    ]
    keeps_versions = True
    compared = [
        "maturity", "budget_min", "budget_max", "households", "population", "problem",
        "beneficiaries", "resources", "people_needed", "conditions", "building_blocks", "results",
        "not_working", "body", "stewards", "contact",
    ]
    page_description = _(
        "A way of solving a problem, cut into building blocks, with conditions and costs."
    )
    chain = {
        Relation.RESTS_ON: {Stage.PRACTICE, Stage.LESSON, Stage.STUDY_TOUR},
        Relation.EXTRACTED_FROM: {Stage.PRACTICE, Stage.LESSON, Stage.STUDY_TOUR},
        Relation.TAUGHT_BY: {Stage.CURRICULUM},
        Relation.SUPPORTS: {Stage.ISSUE},
        Relation.CITED_BY: {Stage.RESOLUTION},
    }

    problem = models.TextField(_("problem"))
    beneficiaries = models.TextField(_("who benefits"))
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    households = models.PositiveIntegerField(_("households"), null=True, blank=True)
    resources = models.TextField(_("resources it takes"), blank=True)
    people_needed = models.TextField(_("people it takes"), blank=True)
    budget_min = models.PositiveIntegerField(
        _("budget from"), null=True, blank=True, help_text=_("Baht.")
    )
    budget_max = models.PositiveIntegerField(
        _("budget to"), null=True, blank=True, help_text=_("Baht.")
    )
    results = StreamField(
        [("figure", FigureBlock())], verbose_name=_("results, and how they were measured"),
        blank=True,
    )
    not_working = models.TextField(
        _("where it does not work"), help_text=_("Conditions under which others should not try.")
    )
    stewards = models.CharField(_("stewards"), max_length=255, blank=True)
    contact = models.TextField(_("contact"), blank=True)
    maturity = models.CharField(
        _("maturity"), max_length=12, choices=Maturity.choices, default=Maturity.DRAFT
    )

    content_panels = (
        KnowledgePage.content_panels
        + [
            FieldPanel("maturity"),
            FieldPanel("problem"),
            FieldPanel("beneficiaries"),
            MultiFieldPanel(
                [
                    FieldPanel("population"),
                    FieldPanel("households"),
                    FieldPanel("resources"),
                    FieldPanel("people_needed"),
                    FieldPanel("budget_min"),
                    FieldPanel("budget_max"),
                ],
                heading=_("Context"),
            ),
            InlinePanel("conditions", heading=_("Conditions that must hold"),
                        label=_("condition")),
            InlinePanel("building_blocks", heading=_("Building blocks"),
                        label=_("building block")),
            FieldPanel("results"),
            FieldPanel("not_working"),
            FieldPanel("body"),
            MultiFieldPanel([FieldPanel("stewards"), FieldPanel("contact")],
                            heading=_("Stewards")),
        ]
        + KnowledgePage.version_panels
        + KnowledgePage.filing_panels
    )
    read_by_index = ["conditions", "building_blocks"]
    parent_page_types = ["hub.SectionPage"]
    subpage_types = ["models_lib.ReplicationPage"]

    class Meta:
        verbose_name = _("Model")
        verbose_name_plural = _("Models")

    def clean(self):
        super().clean()
        if self.budget_min and self.budget_max and self.budget_max < self.budget_min:
            raise ValidationError({"budget_max": _("The upper budget is below the lower one.")})

    @property
    def standing(self) -> int:
        return list(self.Maturity).index(self.maturity)

    def sections(self):
        found = self.field_section("problem") + self.field_section("beneficiaries")
        found += self.field_section("resources") + self.field_section("people_needed")
        if conditions := [c.text for c in self.conditions.all()]:
            found.append(
                Section(heading_anchor("conditions"), str(_("Conditions that must hold")),
                        "\n".join(conditions))
            )
        found += [block.section() for block in self.building_blocks.all()]
        if self.results:
            text = "\n".join(block_texts(self.results.stream_block, self.results))
            field = self._meta.get_field("results")
            found.append(Section(heading_anchor("results"), str(field.verbose_name), text))
        return found + self.field_section("not_working") + super().sections()

    @property
    def total_cost(self) -> int:
        """Cost of all building blocks, baht."""
        return sum(block.cost_baht or 0 for block in self.building_blocks.all())

    @cached_property
    def peer_review(self):
        """The last peer review that this Model passed, in any language; None without one."""
        return (
            PeerReview.objects.passed()
            .filter(page__translation_key=self.translation_key)
            .select_related("page__locale")
            .order_by("-closed_at")
            .first()
        )

    @cached_property
    def replications(self):
        """Public replications of this Model, each in this language where there is a version."""
        below = ReplicationPage.objects.none()
        for translation in Page.objects.filter(translation_key=self.translation_key):
            below = below | ReplicationPage.objects.child_of(translation)
        public = KnowledgePage.objects.open_to_all().filter(pk__in=below.values("pk"))
        return (
            ReplicationPage.objects.filter(pk__in=public.for_readers_of(self.locale_id))
            .select_related("locale").defer("body").order_by("-started", "pk")
        )


class BuildingBlock(TranslatableMixin, Orderable):
    """One part of a Model that a community can take, change or leave."""

    page = ParentalKey(ModelPage, on_delete=models.CASCADE, related_name="building_blocks")
    title = models.CharField(_("title"), max_length=255)
    what = models.TextField(_("what"))
    who = models.TextField(_("who"), blank=True)
    steps = models.TextField(_("steps"), blank=True)
    cost_baht = models.PositiveIntegerField(_("cost"), null=True, blank=True,
                                            help_text=_("Baht."))
    enabling = models.TextField(_("what helps"), blank=True)
    hindering = models.TextField(_("what hinders"), blank=True)
    lesson = models.TextField(_("lesson"), blank=True)

    panels = [
        FieldPanel(name)
        for name in ("title", "what", "who", "steps", "cost_baht", "enabling", "hindering",
                     "lesson")
    ]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("building block")

    def __str__(self):
        return self.title

    @property
    def anchor(self) -> str:
        return heading_anchor(self.title)

    def section(self) -> Section:
        texts = [self.what, self.who, self.steps, self.enabling, self.hindering, self.lesson]
        return Section(self.anchor, self.title, "\n".join(filter(None, texts)))
