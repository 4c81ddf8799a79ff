"""Contributions to the paragraphs of a draft: comments, amendments, support and objections."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from policy.models.paragraph import Decision, Paragraph, Wording

TIME_TO_EDIT = timedelta(minutes=15)


class ContributionQuerySet(models.QuerySet):
    def shown(self):
        """Contributions that everybody may read."""
        return self.filter(state=Contribution.State.SHOWN)

    def visible_to(self, user, is_moderator=False):
        """Contributions that ``user`` may see: shown, hidden and their own held ones; moderators
        see all. Of a hidden contribution only ``hidden_reason`` may be rendered."""
        if is_moderator:
            return self
        visible = Q(state__in=[Contribution.State.SHOWN, Contribution.State.HIDDEN])
        if user.is_authenticated:
            visible |= Q(author=user, state=Contribution.State.HELD)
        return self.filter(visible)

    def held(self):
        return self.filter(state=Contribution.State.HELD)

    def amendments(self):
        return self.filter(kind=Contribution.Kind.AMENDMENT)

    def stances(self):
        return self.filter(kind=Contribution.Kind.STANCE)

    def comments(self):
        return self.filter(kind=Contribution.Kind.COMMENT)

    def undecided(self):
        """Amendments without a decision, including held ones."""
        S = Contribution.State
        return self.amendments().filter(decision=None, state__in=[S.SHOWN, S.HELD])


class Contribution(models.Model):
    """One comment, amendment or stance of one person.

    A comment consists of ``text`` and may reply to another comment (``about``). An amendment
    proposes ``text`` in place of ``base`` or after it, or striking it, with a ``reason``. A stance
    supports or objects to the current wording, or to an amendment (``about``), with its reason in
    ``text``; a person has one stance on each and can change it.
    """

    class Kind(models.TextChoices):
        COMMENT = "comment", _("Comment")
        AMENDMENT = "amendment", _("Amendment")
        STANCE = "stance", _("Support or objection")

    class State(models.TextChoices):
        HELD = "held", _("Waiting for the secretariat")
        SHOWN = "shown", _("Shown")
        HIDDEN = "hidden", _("Hidden")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Change(models.TextChoices):
        REWORD = "reword", _("Other words for this paragraph")
        ADD = "add", _("A new paragraph after this one")
        STRIKE = "strike", _("Strike this paragraph")

    class Stance(models.TextChoices):
        SUPPORT = "support", _("Support")
        OBJECT = "object", _("Objection")

    paragraph = models.ForeignKey(
        Paragraph, on_delete=models.CASCADE, related_name="contributions"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField(_("text"), blank=True)
    reason = models.TextField(_("reason"), blank=True)
    about = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, related_name="answers"
    )
    change = models.CharField(max_length=6, choices=Change.choices, blank=True)
    base = models.ForeignKey(Wording, on_delete=models.CASCADE, null=True, related_name="+")
    stance = models.CharField(max_length=7, choices=Stance.choices, blank=True)
    decision = models.ForeignKey(
        Decision, on_delete=models.RESTRICT, null=True, related_name="amendments"
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.SHOWN)
    hidden_reason = models.CharField(_("reason"), max_length=300, blank=True)
    moderated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    moderated_at = models.DateTimeField(null=True)  # shown: when somebody approved it
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "paragraph"], condition=Q(kind="stance", about=None),
                name="one_stance_on_a_paragraph",
            ),
            models.UniqueConstraint(
                fields=["author", "about"], condition=Q(kind="stance"),
                name="one_stance_on_an_amendment",
            ),
            models.CheckConstraint(
                condition=~Q(kind="amendment") | Q(base__isnull=False),
                name="an_amendment_has_a_base",
            ),
        ]
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")

    def __str__(self):
        return f"{self.get_kind_display()}: {self.text[:60]}"

    @property
    def anchor(self) -> str:
        return f"c{self.pk}"

    @property
    def url(self) -> str:
        return f"{self.paragraph.url}#{self.anchor}"

    @property
    def is_open(self) -> bool:
        """Whether the amendment can still be supported, changed and decided."""
        return self.decision_id is None and self.state in (self.State.SHOWN, self.State.HELD)

    @property
    def is_stale(self) -> bool:
        """Whether the amendment was made for a wording that is no longer current."""
        return self.is_open and (
            self.paragraph.retired_by_id is not None or self.base_id != self.paragraph.current.pk
        )

    @cached_property
    def is_editable(self) -> bool:
        """Whether the author may still change it: in time, and nobody has reacted to it."""
        if self.state not in (self.State.SHOWN, self.State.HELD) or self.decision_id:
            return False
        if timezone.now() - self.created_at > TIME_TO_EDIT:
            return False
        return not (self.kind == self.Kind.AMENDMENT and self.answers.exists())


class ContributionRevision(models.Model):
    """The text of a contribution before its author changed it; only moderators see it."""

    contribution = models.ForeignKey(
        Contribution, on_delete=models.CASCADE, related_name="revisions"
    )
    text = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    replaced_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["replaced_at", "pk"]

    def __str__(self):
        return self.text[:60]


class Complaint(models.Model):
    """A reader's report to the secretariat that a contribution breaks the rules."""

    contribution = models.ForeignKey(
        Contribution, on_delete=models.CASCADE, related_name="complaints"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self):
        return self.reason[:60]
