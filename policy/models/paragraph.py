"""The paragraphs of a draft, all their wordings, and the decisions behind them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Prefetch
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from hub.thai.text import typed


def normalise_wording(text) -> str:
    """``text`` as it is stored and compared: composed, ``\\n`` as line end, no trailing blanks."""
    return "\n".join(line.rstrip() for line in typed(str(text)).splitlines())


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
    def active(self):
        """Paragraphs that are part of the text: not split, joined to another or struck."""
        return self.filter(retired_by=None)

    def with_wordings(self):
        return self.prefetch_related(
            Prefetch("wordings", Wording.objects.select_related("decision").order_by("number"))
        )


class Paragraph(models.Model):
    """A paragraph with all its wordings.

    ``label`` is its number for readers and is never reused in the draft. A paragraph that was
    split, joined to another or struck is ``retired_by`` that decision and keeps its address.
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
        """The label as addresses and anchors use it: without dots."""
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
        """The wording in force; the last one of a retired paragraph."""
        return self.history[-1]

    def add_wording(self, text, decision, sources=()) -> "Wording":
        """Add the next wording. ``sources`` are the wordings it derives from; when empty, that is
        the last wording of this paragraph."""
        last = self.wordings.order_by("number").last()
        wording = self.wordings.create(
            number=last.number + 1 if last else 1, text=normalise_wording(text), decision=decision
        )
        wording.sources.set(sources or ([last] if last else []))
        self.__dict__.pop("history", None)
        self._prefetched_objects_cache = {}
        return wording


class Wording(models.Model):
    """The text of a paragraph from one decision to the next; without a decision, as tabled."""

    paragraph = models.ForeignKey(Paragraph, on_delete=models.CASCADE, related_name="wordings")
    number = models.PositiveIntegerField()
    text = models.TextField(_("wording"))
    decision = models.ForeignKey(
        Decision, on_delete=models.RESTRICT, null=True, related_name="wordings"
    )
    sources = models.ManyToManyField("self", symmetrical=False, related_name="derived_wordings")
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
