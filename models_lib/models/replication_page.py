"""How communities used Models: what they kept, changed and dropped, and the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable

from hub.chain.relations import Relation, Stage
from hub.models import KnowledgePage

if TYPE_CHECKING:
    from models_lib.models.model_page import ModelPage


class ReplicationPage(KnowledgePage):
    """How a community used a Model: what it kept, changed and dropped, and the outcome."""

    class Outcome(models.TextChoices):
        SUCCESS = "success", _("It worked")
        PARTIAL = "partial", _("It worked in part")
        FAILURE = "failure", _("It did not work")

    class Place(models.TextChoices):
        COAST = "coast", _("By the sea")
        LAKE = "lake", _("By the lake")
        FIELDS = "fields", _("Rice fields and gardens")
        HILLS = "hills", _("Hills, orchards and rubber")
        MARKET = "market", _("Market or small town")
        CITY = "city", _("City")

    stage = Stage.REPLICATION
    year_from = ["ended", "started"]
    rows_shown = [*KnowledgePage.rows_shown, "block_outcomes__block"]
    suggests_lessons = True
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
    place = models.CharField(
        _("kind of place"), max_length=10, choices=Place.choices, blank=True
    )
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
            # The contact is shown to editors here and nowhere else.
            HelpPanel(template="models_lib/replications/contact_panel.html",
                      heading=_("The report")),
            MultiFieldPanel(
                [FieldPanel("who"), FieldPanel("place"), FieldPanel("started"),
                 FieldPanel("ended"), FieldPanel("households"), FieldPanel("cost_baht")],
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


class BlockOutcome(Orderable):
    """Whether a replication kept, changed or dropped one building block."""

    class Outcome(models.TextChoices):
        KEPT = "kept", _("Kept")
        CHANGED = "changed", _("Changed")
        DROPPED = "dropped", _("Dropped")

    page = ParentalKey(ReplicationPage, on_delete=models.CASCADE, related_name="block_outcomes")
    block = models.ForeignKey(
        "models_lib.BuildingBlock", on_delete=models.SET_NULL, null=True, blank=True,
        related_name="outcomes", verbose_name=_("building block"),
    )
    # Stored beside the link so that the report stays readable when the Model drops the block.
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
