"""Withdrawing knowledge, flagging everything that rests on it, and reviewing what is flagged.

Flags travel from page to page along ``hub.chain.relations.DEPENDENCE``, at any depth, over drafts
and private pages too: what is in doubt does not depend on who may read it. They stop at a page
whose flag was reviewed. All of it happens in the transaction of the change that gives the reason.
"""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.log_actions import log

from hub.chain.relations import in_order
from hub.changelog.recording import record_pages
from hub.models import ChainLink, Flag, KnowledgePage, Withdrawal
from hub.withdrawals.emails import notify_caretakers

AT_ONCE = 1000  # keys in one query; SQLite takes 32,766 parameters


@transaction.atomic
def withdraw(page, kind, reason, successor=None, by=None) -> Withdrawal:
    """Mark what ``page`` tells, in every language, as withdrawn or superseded.

    Flags what rests on it and e-mails the caretakers. Raises IntegrityError if the page is
    withdrawn already.
    """
    withdrawal = Withdrawal.objects.create(
        key=page.translation_key, title=page.title, kind=kind, reason=reason,
        successor=successor and KnowledgePage.objects.get(pk=successor.pk), by=by,
    )
    log(page, "hub.withdraw", user=by, data={"kind": kind, "reason": reason})
    flag_dependents(withdrawal)
    _record_changes([page.translation_key])
    return withdrawal


@transaction.atomic
def lift(withdrawal, because, by=None) -> None:
    """Say that the knowledge holds again; flags that nobody reviewed yet go with it."""
    withdrawal.lifted_at, withdrawal.lifted_by = timezone.now(), by
    withdrawal.lift_reason = because
    withdrawal.save()
    page = KnowledgePage.objects.filter(translation_key=withdrawal.key).order_by("pk").first()
    if page:
        log(page.specific, "hub.lift_withdrawal", user=by, data={"reason": because})
    _record_changes([withdrawal.key, *withdrawal.flags.values_list("key", flat=True)])


@transaction.atomic
def review(flag, page, reviewer, checked, outcome, by=None) -> None:
    """Record what a look at ``page`` found; that clears the flag and stays readable.

    Where ``outcome`` is that the page is withdrawn as well, it is, and what was checked is why.
    """
    flag.reviewed_at, flag.reviewer = timezone.now(), reviewer
    flag.checked, flag.outcome = checked, outcome
    flag.save()
    log(page, "hub.review", user=by, data={"outcome": outcome, "checked": checked})
    if outcome == Flag.Outcome.WITHDRAWN and not is_withdrawn(page):
        withdraw(page, Withdrawal.Kind.WITHDRAWN, checked, by=by)
    _record_changes([flag.key])


def is_withdrawn(page) -> bool:
    return Withdrawal.objects.standing().filter(key=page.translation_key).exists()


@transaction.atomic
def flag_dependents(withdrawal) -> list[Flag]:
    """Flag what rests on the withdrawn page and has no flag yet; returns the new flags."""
    known = {flag.key: flag for flag in withdrawal.flags.all()}
    paths = {withdrawal.key: []} | {key: flag.path for key, flag in known.items()}
    # Known flags are followed further: the link that once led to them may be deleted.
    level = [key for key in paths if key not in known or known[key].reviewed_at is None]
    while level:
        further = []
        for first in range(0, len(level), AT_ONCE):
            some = level[first : first + AT_ONCE]
            for source, dependent, relation in ChainLink.objects.dependents_of(some):
                if dependent not in paths:
                    paths[dependent] = [[relation.value, str(source)], *paths[source]]
                    further.append(dependent)
        level = further
    new = [
        Flag(withdrawal=withdrawal, key=key, path=path) for key, path in paths.items()
        if key != withdrawal.key and key not in known
    ]
    Flag.objects.bulk_create(new, batch_size=AT_ONCE)
    if new:
        _record_changes([flag.key for flag in new])
        notify_caretakers(withdrawal, new)
    return new


def flag_by_link(link) -> None:
    """Flag what a link that was just saved makes rest on withdrawn knowledge."""
    source, _dependent, _relation = in_order(
        link.relation, link.page.translation_key, link.target.translation_key
    )
    in_doubt = Flag.objects.open().filter(key=source).values("withdrawal")
    standing = Withdrawal.objects.standing()
    for withdrawal in standing.filter(Q(key=source) | Q(pk__in=in_doubt)):
        flag_dependents(withdrawal)


def flag_missed_dependents() -> int:
    """Flag the dependents of all withdrawals again; returns how many flags were missing.

    A link that is saved while, in another transaction, its source is withdrawn is seen by neither.
    """
    return sum(len(flag_dependents(w)) for w in Withdrawal.objects.standing())


def _record_changes(keys) -> None:
    for first in range(0, len(keys), AT_ONCE):
        some = keys[first : first + AT_ONCE]
        record_pages(KnowledgePage.objects.filter(translation_key__in=some))
