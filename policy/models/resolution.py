"""Resolutions and their numbered clauses."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, TranslatableMixin

from hub.chain.relations import Relation, Stage
from hub.models import KnowledgePage
from hub.pages.sections import Section, stream_sections
from policy.models.clause_terms import (
    ClauseQuerySet,
    hold,
    record_terms,
    refuse_change,
    refuse_number_in_use,
    refuse_two_of_one_number,
    spread,
)
from policy.models.milestones import read_milestones
from policy.models.report import amount


class ResolutionPage(KnowledgePage):
    """A resolution of an assembly, with its clauses."""

    class Adoption(models.TextChoices):
        CONSENSUS = "consensus", _("By consensus")
        VOTE = "vote", _("By vote")

    stage = Stage.RESOLUTION
    year_from = ["adopted_on"]
    rows_shown = [*KnowledgePage.rows_shown, "clauses"]
    suggests_lessons = True
    page_description = _(
        "What an assembly resolved, clause by clause, and what became of it."
    )
    chain = {
        Relation.CITES: {
            Stage.MODEL, Stage.LESSON, Stage.PRACTICE, Stage.ISSUE, Stage.REPLICATION,
            Stage.CURRICULUM,
        },
        Relation.FOLLOWS_UP: {Stage.RESOLUTION, Stage.ISSUE, Stage.DRAFT},
        Relation.FOLLOWED_UP_BY: {Stage.REPLICATION},
    }
    section_fields = ["minority_view"]
    read_by_index = ["clauses"]
    keeps_versions = True
    compared = ["number", "adopted_on", "adoption", "body", "clauses", "minority_view"]

    number = models.CharField(_("number"), max_length=20, help_text=_("E.g. 2/1."))
    adopted_on = models.DateField(_("adopted on"))
    adoption = models.CharField(
        _("adopted"), max_length=10, choices=Adoption.choices, default=Adoption.CONSENSUS
    )
    votes_for = models.PositiveIntegerField(_("votes for"), null=True, blank=True)
    votes_against = models.PositiveIntegerField(_("votes against"), null=True, blank=True)
    votes_abstained = models.PositiveIntegerField(_("abstained"), null=True, blank=True)
    minority_view = models.TextField(_("minority view"), blank=True)
    draft = models.ForeignKey(
        "policy.DraftResolutionPage", on_delete=models.SET_NULL, null=True, blank=True,
        editable=False, related_name="resolutions",
    )

    content_panels = (
        KnowledgePage.content_panels
        + [
            MultiFieldPanel(
                [FieldPanel("number"), FieldPanel("adopted_on"), FieldPanel("adoption"),
                 FieldRowPanel([FieldPanel("votes_for"), FieldPanel("votes_against"),
                                FieldPanel("votes_abstained")]),
                 FieldPanel("minority_view")],
                heading=_("Adoption"),
            ),
            InlinePanel("clauses", heading=_("Clauses"), label=_("clause")),
            FieldPanel("body"),
        ]
        + KnowledgePage.version_panels
        + KnowledgePage.filing_panels
    )
    parent_page_types = ["policy.AssemblyPage"]
    subpage_types = []

    class Meta:
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")

    def clean(self):
        super().clean()
        votes = (self.votes_for, self.votes_against, self.votes_abstained)
        if self.adoption == self.Adoption.CONSENSUS and any(v is not None for v in votes):
            raise ValidationError({"adoption": _("Votes are counted only when there is a vote.")})
        refuse_number_in_use(self, self._assembly_of_path())

    def _assembly_of_path(self):
        """The page above; None for a page that has no place yet, which its form checks."""
        parents = ResolutionPage._meta.apps.get_model("policy.AssemblyPage").objects
        return parents.filter(path=self.path[:-self.steplen]).first() if self.path else None

    def save(self, clean=True, user=None, log_action=False, **options):
        """As any page; published clauses are stored as their terms say, whoever saves.

        Translations are kept equal in all but words, in the same transaction.
        """
        if options.get("update_fields"):
            super().save(clean=clean, user=user, log_action=log_action, **options)
            return
        with transaction.atomic():
            hold(self)
            if clean:
                refuse_two_of_one_number(self)
            super().save(clean=clean, user=user, log_action=log_action, **options)
            record_terms(self)
            spread(self)

    def save_revision(self, *args, **options):
        hold(self)
        return super().save_revision(*args, **options)

    def can_move_to(self, parent):
        """Not where another resolution has the number."""
        if not super().can_move_to(parent):
            return False
        try:
            refuse_number_in_use(self, parent.specific)
        except ValidationError:
            return False
        return True

    @classmethod
    def from_serializable_data(cls, data, check_fks=True, strict_fks=False):
        """As any page, but the parties of all clauses are read in one query."""
        rows = data.get("clauses", [])
        named = {row["translation_key"]: row["parties"] for row in rows if row.get("parties")}
        bare = data | {"clauses": [row | {"parties": []} for row in rows]}
        page = super().from_serializable_data(bare, check_fks=check_fks, strict_fks=strict_fks)
        if page is not None and named:
            party = cls.clauses.rel.related_model._meta.get_field("parties").related_model
            found = list(party.objects.filter(pk__in=set().union(*named.values())))
            for clause in page.clauses.all():
                pks = named.get(str(clause.translation_key), ())
                clause.parties = [each for each in found if each.pk in pks]
        return page

    def sections(self):
        clauses = [
            Section(clause.anchor, str(_("Clause %(number)s") % {"number": clause.number}),
                    clause.text)
            for clause in self.clauses.all()
        ]
        # In the order of the template: what the assembly considered, the clauses, who disagreed.
        return stream_sections(self.body) + clauses + self.field_section("minority_view")


class Clause(TranslatableMixin, Orderable, ClusterableModel):
    """One numbered clause: what is to be done, by whom, through which channel, by when.

    ``translation_key`` identifies the clause in every language and every revision; reports refer
    to it.
    """

    class Channel(models.TextChoices):
        PLAN = "plan", _("Plan")
        BUDGET = "budget", _("Budget")
        ORDINANCE = "ordinance", _("Ordinance")
        PROJECT = "project", _("Project")
        LAW = "law", _("Law")

    page = ParentalKey(ResolutionPage, on_delete=models.CASCADE, related_name="clauses")
    number = models.CharField(_("number"), max_length=10)
    text = models.TextField(_("text"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, blank=True)
    due = models.DateField(_("due"), null=True, blank=True)
    measure = models.TextField(
        _("what it is measured by"), max_length=500, blank=True, default="", db_default="",
        help_text=_("What will show that the clause is done, e.g. an ordinance in force, or how "
                    "many households have water."),
    )
    target = models.DecimalField(
        _("target"), max_digits=15, decimal_places=2, null=True, blank=True,
        help_text=_("The number to reach, where the clause can be counted."),
    )
    target_unit = models.CharField(
        _("unit of the target"), max_length=60, blank=True, default="", db_default="",
        help_text=_("E.g. households, baht, kilometres."),
    )
    milestones = models.TextField(
        _("milestones"), max_length=2000, blank=True, default="", db_default="",
        help_text=_("One on each line, the date first: 30/9/2027 committee appointed."),
    )
    parties = ParentalManyToManyField(
        "policy.Party", blank=True, related_name="clauses", verbose_name=_("responsible parties")
    )

    panels = [
        FieldPanel("number"),
        FieldPanel("text"),
        FieldPanel("parties"),
        FieldPanel("channel"),
        FieldPanel("due"),
        FieldPanel("measure"),
        FieldRowPanel([FieldPanel("target"), FieldPanel("target_unit")]),
        FieldPanel("milestones"),
    ]

    objects = ClauseQuerySet.as_manager()

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")

    def __str__(self):
        return f"{self.number}. {self.text}"

    def clean(self):
        super().clean()
        if self.target is not None and not self.target_unit:
            raise ValidationError({"target_unit": _("A figure needs its unit.")})
        try:
            read_milestones(self.milestones)
        except ValidationError as error:
            raise ValidationError({"milestones": error}) from error

    def save(self, *args, **options):
        refuse_change(self)
        super().save(*args, **options)

    @property
    def anchor(self) -> str:
        return f"clause-{self.number}"

    @property
    def milestone_list(self) -> list:
        """The ``Milestone`` of each line, by date; none where a line cannot be read."""
        try:
            return read_milestones(self.milestones)
        except ValidationError:
            return []

    @property
    def target_text(self) -> str:
        """The target with thousands separators and its unit: 1,200 households."""
        return amount(self.target, self.target_unit)
