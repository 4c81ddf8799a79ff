"""Models, extracted from practice so that others can use them, and how they were replicated."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, TranslatableMixin

from hub.blocks import FigureBlock
from hub.chain import Relation, Stage
from hub.models import KnowledgePage
from hub.sections import Section, block_texts, heading_anchor


class ModelPage(KnowledgePage):
    """A way of solving a problem, in building blocks, with what it takes and where it fails."""

    class Maturity(models.TextChoices):
        DRAFT = "draft", _("Draft")
        TRIED = "tried", _("Tried once")
        REPLICATED = "replicated", _("Replicated")
        POLICY = "policy", _("Became policy")

    stage = Stage.MODEL
    lists_after = [("replications", _("Who tried it"))]
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
        """Cost of all building blocks together, baht."""
        return sum(block.cost_baht or 0 for block in self.building_blocks.all())

    @cached_property
    def replications(self):
        """Live public replications of this Model, in this language where there is one."""
        from hub.models import KnowledgePage as Pages

        twins = ModelPage.objects.filter(translation_key=self.translation_key)
        keys = ReplicationPage.objects.none()
        for twin in twins:
            keys = keys | ReplicationPage.objects.child_of(twin)
        pks = Pages.objects.open_to_all().filter(pk__in=keys.values("pk"))
        return (
            ReplicationPage.objects.filter(pk__in=pks.for_readers_of(self.locale))
            .order_by("-started")
        )


class Condition(Orderable):
    """What must hold for the Model to work; ``required`` says whether it may be done without."""

    page = ParentalKey(ModelPage, on_delete=models.CASCADE, related_name="conditions")
    text = models.TextField(_("condition"))
    required = models.BooleanField(_("cannot be done without"), default=True)

    panels = [FieldPanel("text"), FieldPanel("required")]

    class Meta(Orderable.Meta):
        verbose_name = _("condition")

    def __str__(self):
        return self.text


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


class ReplicationPage(KnowledgePage):
    """How a community used a Model: what it kept, changed and dropped, and what came of it."""

    class Outcome(models.TextChoices):
        SUCCESS = "success", _("It worked")
        PARTIAL = "partial", _("It worked in part")
        FAILURE = "failure", _("It did not work")

    stage = Stage.REPLICATION
    page_description = _(
        "How a community used a Model, and whether it worked. Failure counts."
    )
    chain = {
        Relation.REPLICATES: {Stage.MODEL},
        Relation.FOLLOWS_UP: {Stage.RESOLUTION},
        Relation.EXTRACTED_INTO: {Stage.LESSON},
        Relation.CITED_BY: {Stage.RESOLUTION},
    }
    section_fields = ["result", "evidence", "advice"]

    who = models.CharField(_("who"), max_length=255)
    started = models.DateField(_("from"))
    ended = models.DateField(_("to"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    result = models.TextField(_("result"))
    cost_baht = models.PositiveIntegerField(_("cost"), null=True, blank=True,
                                            help_text=_("Baht."))
    households = models.PositiveIntegerField(_("households"), null=True, blank=True)
    evidence = models.TextField(_("evidence"))
    advice = models.TextField(_("advice to the next community"), blank=True)

    content_panels = (
        KnowledgePage.content_panels
        + [
            MultiFieldPanel(
                [FieldPanel("who"), FieldPanel("started"), FieldPanel("ended"),
                 FieldPanel("households"), FieldPanel("cost_baht")],
                heading=_("Who, when, at what cost"),
            ),
            FieldPanel("outcome"),
            FieldPanel("result"),
            InlinePanel("block_outcomes", heading=_("Building blocks: kept, changed, dropped"),
                        label=_("building block")),
            FieldPanel("evidence"),
            FieldPanel("advice"),
            FieldPanel("body"),
        ]
        + KnowledgePage.filing_panels
    )
    parent_page_types = ["models_lib.ModelPage"]
    subpage_types = []

    class Meta:
        verbose_name = _("replication")
        verbose_name_plural = _("replications")

    def clean(self):
        super().clean()
        if self.started and self.ended and self.ended < self.started:
            raise ValidationError({"ended": _("The end lies before the start.")})

    @property
    def model(self) -> ModelPage:
        """The Model that was replicated: the page above."""
        return self.get_parent().specific

    @property
    def year(self):
        return (self.ended or self.started).year if self.started else super().year


class BlockOutcome(Orderable):
    """What became of one building block in a replication."""

    class Outcome(models.TextChoices):
        KEPT = "kept", _("Kept")
        CHANGED = "changed", _("Changed")
        DROPPED = "dropped", _("Dropped")

    page = ParentalKey(ReplicationPage, on_delete=models.CASCADE, related_name="block_outcomes")
    block = models.ForeignKey(
        BuildingBlock, on_delete=models.SET_NULL, null=True, blank=True,
        related_name="outcomes", verbose_name=_("building block"),
    )
    # Kept beside the link so that the report stays readable when the Model drops the block.
    block_title = models.CharField(_("building block, as then named"), max_length=255,
                                   blank=True)
    outcome = models.CharField(_("what became of it"), max_length=10, choices=Outcome.choices)
    why = models.TextField(_("why"), blank=True)

    panels = [FieldPanel("block"), FieldPanel("block_title"), FieldPanel("outcome"),
              FieldPanel("why")]

    class Meta(Orderable.Meta):
        verbose_name = _("building block in a replication")

    def __str__(self):
        return f"{self.title}: {self.get_outcome_display()}"

    @property
    def title(self) -> str:
        return self.block.title if self.block else self.block_title

    def clean(self):
        super().clean()
        if not self.block and not self.block_title:
            raise ValidationError({"block_title": _("Say which building block this is about.")})
        if self.block and not self.block_title:
            self.block_title = self.block.title
