"""Notices on pages that were withdrawn or rest on withdrawn knowledge."""

from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from wagtail.permissions import policy_registry

from hub.chain.relations import Relation
from hub.models import Flag, KnowledgePage, Withdrawal
from hub.models.chain_link import pages_by_key
from hub.models.generation import kept

FLAGGED = "flagged"
MARKS = {
    Withdrawal.Kind.WITHDRAWN.value: _("Withdrawn"),
    Withdrawal.Kind.SUPERSEDED.value: _("Superseded"),
    FLAGGED: _("Rests on withdrawn knowledge"),
}


@dataclass(frozen=True)
class ShownFlag:
    """A flag with what may be shown of its path: a page that not everybody may read is None."""

    flag: Flag
    withdrawn: KnowledgePage | None
    path: list  # of (relation, page or None), the last of them the withdrawn page


@dataclass
class Notice:
    """All notices of one page."""

    withdrawal: Withdrawal | None = None
    successor: KnowledgePage | None = None
    lifted: list[Withdrawal] = field(default_factory=list)
    flags: list[ShownFlag] = field(default_factory=list)  # waiting for a review
    reviews: list[ShownFlag] = field(default_factory=list)

    def __bool__(self):
        return bool(self.withdrawal or self.lifted or self.flags or self.reviews)


def notice_of(page, visible=None) -> Notice:
    """The notice of ``page`` in three queries at most; ``visible`` as for ``chain_of``."""
    visible = KnowledgePage.objects.open_to_all() if visible is None else visible
    notice = Notice()
    for withdrawal in Withdrawal.objects.filter(key=page.translation_key).select_related(
        "successor"
    ):
        if withdrawal.lifted_at:
            notice.lifted.append(withdrawal)
        else:
            notice.withdrawal = withdrawal
    flags = [
        flag for flag in Flag.objects.filter(key=page.translation_key).select_related("withdrawal")
        if flag.is_open or flag.reviewed_at
    ]
    successor = notice.withdrawal and notice.withdrawal.successor
    keys = {UUID(key) for flag in flags for _relation, key in flag.path}
    keys |= {successor.translation_key} if successor else set()
    pages = pages_by_key(keys, visible, page.locale_id) if keys else {}
    if successor:
        notice.successor = pages.get(successor.translation_key)
    for flag in flags:
        path = [(Relation(relation), pages.get(UUID(key))) for relation, key in flag.path]
        shown = ShownFlag(flag, pages.get(flag.withdrawal.key), path)
        (notice.flags if flag.is_open else notice.reviews).append(shown)
    return notice


def shown_notice(page, request) -> Notice:
    """The notice of ``page`` for its readers; asks nothing where there is none."""
    if page.translation_key not in kept(request, "noticed", _noticed):
        return Notice()
    return notice_of(page)


def _noticed() -> set:
    """The translation keys of all pages that have a notice."""
    return {
        key for model in (Withdrawal, Flag) for key in model.objects.values_list("key", flat=True)
    }


def shown_in_editor_to(user):
    """The knowledge pages that ``user`` may see in the editor, as Wagtail's policy has it."""
    policy = policy_registry.get_by_type(KnowledgePage)
    return KnowledgePage.objects.filter(pk__in=policy.explorable_instances(user).values("pk"))


def marks_for(request) -> dict[int, str]:
    """Id → a key of MARKS for every page that has one; asked for once per generation."""
    return kept(request, "marks", marks)


def marks() -> dict[int, str]:
    """As ``marks_for``, as the database has it now. That a page is withdrawn itself says more."""
    found = {}
    withdrawn = dict(Withdrawal.objects.standing().values_list("key", "kind"))
    flagged = Flag.objects.open().values("key")
    for pk in KnowledgePage.objects.filter(translation_key__in=flagged).values_list(
        "pk", flat=True
    ):
        found[pk] = FLAGGED
    for pk, key in KnowledgePage.objects.filter(
        translation_key__in=Withdrawal.objects.standing().values("key")
    ).values_list("pk", "translation_key"):
        found[pk] = withdrawn.get(key, Withdrawal.Kind.WITHDRAWN.value)
    return found
