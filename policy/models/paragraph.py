"""The paragraphs of a draft, every wording they had, and the decisions that made them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Prefetch
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from policy.models.draft import normal


class Decision(models.Model):
    """One entry of a draft's register: what the secretariat decided, and the published reason."""

    class Kind(models.TextChoices):
        ACCEPT = "accept", _("Accepted")
        MERGE = "merge", _("Merged into one wording")
        REJECT = "reject", _("Not accepted")
        SPLIT = "split", _("Paragraph split")
        JOIN = "join", _("Paragraphs joined")

    draft = models.ForeignKey(
        "policy.DraftResolutionPage", on_delete=models.CASCADE, related_name="decisions"
    )
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("decision"), max_length=6, choices=Kind.choices)
    reason = models.TextField(_("reason"))
    meeting = models.CharField(_("decided where"), max_length=200, blank=True)
    decided_on = models.DateField(_("decided on"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="one_number_per_decision")
        ]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self):
        return f"{self.number}. {self.get_kind_display()}"


class ParagraphQuerySet(models.QuerySet):
    def standing(self):
        """Those that are part of the text: not split, joined to another or struck."""
        return self.filter(retired_by=None)

    def with_wordings(self):
        return self.prefetch_related(
            Prefetch("wordings", Wording.objects.select_related("decision").order_by("number"))
        )


class Paragraph(models.Model):
    """A paragraph through all its wordings.

    ``label`` is what people call it; it is never given to another paragraph of the draft. A
    paragraph that was split, joined to another or struck is ``retired_by`` that decision and
    keeps its address.
    """

    class Kind(models.TextChoices):
        CONSIDERING = "considering", _("Considering")
        OPERATIVE = "operative", _("Operative paragraph")

    draft = models.ForeignKey(
        "policy.DraftResolutionPage", on_delete=models.CASCADE, related_name="paragraphs"
    )
    key = models.UUIDField(default=uuid.uuid4)  # of its block in the tabled text, if it has one
    label = models.CharField(_("number"), max_length=40)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    position = models.PositiveIntegerField()
    retired_by = models.ForeignKey(
        Decision, on_delete=models.RESTRICT, null=True, related_name="retired"
    )

    objects = ParagraphQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "key"], name="one_key_per_paragraph"),
            models.UniqueConstraint(fields=["draft", "label"], name="one_label_per_paragraph"),
        ]
        verbose_name = _("paragraph")
        verbose_name_plural = _("paragraphs")

    def __str__(self):
        return str(self.heading)

    @property
    def heading(self):
        return _("Paragraph %(label)s") % {"label": self.label}

    @property
    def slug(self) -> str:
        """The label in addresses and anchors, where a dot cannot stand."""
        return self.label.replace(".", "-")

    @property
    def anchor(self) -> str:
        return f"p{self.slug}"

    @property
    def url(self) -> str:
        return f"{self.draft.url}p/{self.slug}/"

    @cached_property
    def history(self) -> list["Wording"]:
        """Every wording, oldest first."""
        return list(self.wordings.all())

    @property
    def current(self) -> "Wording":
        """The wording that stands; of a retired paragraph the last that stood."""
        return self.history[-1]

    def reworded(self, text, decision, sources=()) -> "Wording":
        """Give it its next wording, which grew from ``sources``: its own last one when empty."""
        last = self.wordings.order_by("number").last()
        wording = self.wordings.create(
            number=last.number + 1 if last else 1, text=normal(text), decision=decision
        )
        wording.sources.set(sources or ([last] if last else []))
        self.__dict__.pop("history", None)
        self._prefetched_objects_cache = {}
        return wording


class Wording(models.Model):
    """What a paragraph said from one decision to the next; without a decision, as tabled."""

    paragraph = models.ForeignKey(Paragraph, on_delete=models.CASCADE, related_name="wordings")
    number = models.PositiveIntegerField()
    text = models.TextField(_("wording"))
    decision = models.ForeignKey(
        Decision, on_delete=models.RESTRICT, null=True, related_name="wordings"
    )
    sources = models.ManyToManyField("self", symmetrical=False, related_name="grew_into")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["paragraph", "number"]
        constraints = [
            models.UniqueConstraint(fields=["paragraph", "number"], name="one_number_per_wording")
        ]
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")

    def __str__(self):
        return self.text[:80]


def table(draft) -> None:
    """Make the paragraphs of ``draft`` from its tabled text, unless deliberation has begun.

    Called at each publication. A paragraph keeps its block's key; labels follow the order.
    """
    if draft.is_deliberated:
        return
    found = {paragraph.key: paragraph for paragraph in draft.paragraphs.all()}
    kept = []
    # Labels are unique, and a moved paragraph takes that of another: make room first.
    for paragraph in found.values():
        paragraph.label = f"~{paragraph.pk}"
        paragraph.save(update_fields=["label"])
    for position, block in enumerate(draft.tabled, 1):
        key = uuid.UUID(str(block.id)) if block.id else uuid.uuid4()
        paragraph = found.get(key) or Paragraph(draft=draft, key=key)
        paragraph.kind, paragraph.position = block.block_type, position
        paragraph.label = str(position)
        paragraph.save()
        kept.append(paragraph.pk)
        first = paragraph.wordings.first()
        if first is None:
            paragraph.reworded(block.value, None)
        elif first.text != normal(block.value):
            first.text = normal(block.value)
            first.save(update_fields=["text"])
    draft.paragraphs.exclude(pk__in=kept).delete()
    draft.__dict__.pop("text", None)
