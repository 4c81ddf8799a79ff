"""The words of the chain: the stages a page can stand at and the relations between pages.

A page type says at which stage it stands and which relations it may hold to which stages::

    stage = Stage.MODEL
    chain = {Relation.RESTS_ON: {Stage.PRACTICE, Stage.LESSON}}

Stages stand between the apps, so that no app needs to name a sibling's page type.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Stage(TextChoices):
    """Where in the chain a page stands; also the kind that readers browse and search by."""

    PRACTICE = "practice", _("Practice")
    LESSON = "lesson", _("Lesson")
    STUDY_TOUR = "study-tour", _("Study tour")
    MODEL = "model", _("Model")
    REPLICATION = "replication", _("Replication")
    CURRICULUM = "curriculum", _("Curriculum")
    ISSUE = "issue", _("Policy issue")
    ASSEMBLY = "assembly", _("Assembly")
    DRAFT = "draft", _("Draft resolution")
    RESOLUTION = "resolution", _("Resolution")


STAGE_PLURALS = {
    Stage.PRACTICE: _("Practices"),
    Stage.LESSON: _("Lessons"),
    Stage.STUDY_TOUR: _("Study tours"),
    Stage.MODEL: _("Models"),
    Stage.REPLICATION: _("Replications"),
    Stage.CURRICULUM: _("Curricula"),
    Stage.ISSUE: _("Policy issues"),
    Stage.ASSEMBLY: _("Assemblies"),
    Stage.DRAFT: _("Draft resolutions"),
    Stage.RESOLUTION: _("Resolutions"),
}


class Relation(TextChoices):
    """How one page relates to another; every relation has its reverse voice.

    Whoever writes either page may state the relation, in the voice that fits that page.
    """

    RESTS_ON = "rests_on", _("Rests on")
    SUPPORTS = "supports", _("Underlies")
    EXTRACTED_INTO = "extracted_into", _("Extracted into")
    EXTRACTED_FROM = "extracted_from", _("Extracted from")
    REPLICATES = "replicates", _("Replicates")
    REPLICATED_BY = "replicated_by", _("Replicated by")
    TAUGHT_BY = "taught_by", _("Taught by")
    TEACHES = "teaches", _("Teaches")
    CITED_BY = "cited_by", _("Cited by")
    CITES = "cites", _("Cites")
    FOLLOWS_UP = "follows_up", _("Follows up")
    FOLLOWED_UP_BY = "followed_up_by", _("Followed up by")

    @property
    def reverse(self) -> "Relation":
        return REVERSE[self]


_PAIRS = [
    (Relation.RESTS_ON, Relation.SUPPORTS),
    (Relation.EXTRACTED_INTO, Relation.EXTRACTED_FROM),
    (Relation.REPLICATES, Relation.REPLICATED_BY),
    (Relation.TAUGHT_BY, Relation.TEACHES),
    (Relation.CITED_BY, Relation.CITES),
    (Relation.FOLLOWS_UP, Relation.FOLLOWED_UP_BY),
]
REVERSE = dict(_PAIRS) | {b: a for a, b in _PAIRS}

# Which relations carry dependence, in the voice of the page that depends, and why. When knowledge
# is withdrawn, whatever depends on it, at any depth, is in doubt until somebody looked at it. The
# chain leads back along the same relations to what a page grew from; their reverses lead on.
DEPENDENCE = {
    Relation.RESTS_ON: "its claims are drawn from the other page",
    Relation.EXTRACTED_FROM: "it is the other page's knowledge, put so that others can use it",
    Relation.REPLICATES: "it says how well the other page's way works, and invites to do the same",
    Relation.TEACHES: "it hands the other page's knowledge on to those who take part",
    Relation.CITES: "the other page is among the reasons for what was resolved",
    Relation.FOLLOWS_UP: "it carries on what the other page began, and takes it for granted",
}
LEADING_ON = [relation.reverse for relation in DEPENDENCE]


def in_order(relation, stated_on, target) -> tuple:
    """A link as (source, dependent, relation as the dependent reads it), whoever states it.

    ``stated_on`` and ``target`` are the two ends, in whatever form the caller has them.
    """
    relation = Relation(relation)
    if relation in DEPENDENCE:
        return target, stated_on, relation
    return stated_on, target, relation.reverse
