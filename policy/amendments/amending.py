"""The one act that changes a published clause: amending the resolution."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from hub.people.personal_data import name_of
from policy.ledger.status_periods import rebuild
from policy.models import Amendment, ResolutionPage
from policy.models.clause_terms import (
    HELD_ONCE,
    add_terms,
    hold,
    terms_of_resolution,
    twice_message,
)


@transaction.atomic
def amend(
    page: ResolutionPage, changes: Mapping, *, reason: str, decided_on, user=None
) -> Amendment:
    """Amend the published clauses of ``page`` in all its languages, from today on.

    ``changes`` maps the key of a clause to what it asks from now on: any of ``HELD_ONCE``,
    ``parties`` and ``texts`` (language → words). The ledger goes by it from today, the day on
    which readers can know of it; ``decided_on`` is told beside it. What waits as a draft stays one.
    Raises ValidationError where nothing changes or two clauses would have one number.
    """
    pages = ResolutionPage.objects.filter(
        translation_key=page.translation_key, alias_of=None).order_by("pk")
    list(Page.objects.select_for_update().filter(pk__in=pages).order_by("pk").values_list("pk"))
    known = terms_of_resolution(page)
    wanted = {
        key: new for key, values in changes.items()
        if (new := _values_of(known[key]) | values) != _values_of(known[key])
    }
    if not wanted:
        raise ValidationError(_("Nothing was changed."), code="unchanged")
    numbers = [wanted.get(key, {}).get("number", terms.number) for key, terms in known.items()]
    if twice := [number for number in numbers if numbers.count(number) > 1]:
        raise ValidationError(twice_message(twice[0]))
    amendment = Amendment.objects.create(
        resolution_key=page.translation_key, reason=reason, decided_on=decided_on,
        amended_by=user, amended_by_name=name_of(user) if user else "",
    )
    today = timezone.localdate()
    for key, values in wanted.items():
        add_terms(
            amendment, clause_key=key, resolution_key=page.translation_key,
            since=max(today, known[key].since), adopted_on=known[key].adopted_on, **values)
    for each in pages:
        _publish(each, reason, user)
    rebuild(wanted)
    return amendment


def _values_of(terms) -> dict:
    values = {name: getattr(terms, name) for name in HELD_ONCE}
    return values | {"texts": dict(terms.texts), "parties": list(terms.parties.all())}


def _publish(page, reason, user) -> None:
    """Publish the amended clauses of a live page, without what waits in its draft."""
    draft = page.latest_revision if page.has_unpublished_changes else None
    hold(page)
    if not page.live:
        page.save(clean=False)
        return
    page.changes = reason
    page.save_revision(user=user, log_action=True).publish(user=user)
    if draft is not None:
        draft.as_object().save_revision(user=user)
