"""Both languages of the ledger are equal but for words, whatever is edited in either."""

import os
import random
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from wagtail.models import Locale, Site

from policy.amendments.amending import amend
from policy.ledger.exports import rows
from policy.ledger.ledger_filter import LedgerFilter
from policy.ledger.status_periods import differences
from policy.models import Clause, Party, ResolutionPage
from policy.models.clause_terms import HELD_ONCE, terms_of_resolution
from tests.policy.conftest import make_other_party, make_party, make_resolution

pytestmark = pytest.mark.django_db
SEED = int(os.environ.get("LEDGER_SEED", "20261201"))
EDITS = int(os.environ.get("LEDGER_EDITS", "500"))
WORDS = {"assembly", "resolution_title", "clause_text", "party_name", "status_text", "address",
         "as_of"}


def ledger_in(language):
    """The rows of the ledger in a language, without words, in an order that both share."""
    with translation.override(language):
        shown = LedgerFilter(
            Site.objects.get(), Locale.objects.get(language_code=language), date(2026, 6, 1))
        found = [{k: str(v) for k, v in row.items() if k not in WORDS} for row in rows(shown)]
    return sorted(found, key=lambda row: (row["clause"], row["party"]))


def random_values(chance, parties):
    """Something that somebody may write into a clause."""
    values = {
        "number": str(chance.randint(1, 6)), "channel": chance.choice(["", "plan", "budget"]),
        "due": chance.choice([None, date(2024, 1, 1) + timedelta(days=chance.randint(0, 2000))]),
        "measure": chance.choice(["", "ระเบียบมีผลใช้"]), "target": chance.choice([None, 30]),
        "target_unit": "ครัวเรือน", "parties": chance.sample(parties, chance.randint(0, 2)),
    }
    return {name: values[name] for name in chance.sample(sorted(values), chance.randint(1, 3))}


def edit(page, chance, parties):
    """One random edit of a page, as any form, import or command would store it."""
    act = chance.random()
    listed = list(page.clauses.all())
    if act < 0.2:
        terms = terms_of_resolution(page)
        amend(page, {chance.choice(sorted(terms)): random_values(chance, parties)},
              reason="แก้", decided_on=date(2026, 1, 1))
        return
    if act < 0.3 and len(listed) < 6:
        new = Clause(number=str(len(listed) + 1), text="ให้ทำเพิ่ม", locale=page.locale)
        new.parties = chance.sample(parties, 1)
        listed.append(new)
    elif act < 0.4:
        listed.remove(chance.choice(listed))
    else:
        row = chance.choice(listed)
        for name, value in random_values(chance, parties).items():
            setattr(row, name, value)
        row.text = chance.choice([row.text, f"คำใหม่ {chance.randint(1, 99)}"])
    page.clauses = listed
    if chance.random() < 0.1:
        page.number, page.adopted_on = chance.choice(["2/1", "2/5"]), date(2025, 1, 1)
    page.save_revision().publish() if chance.random() < 0.8 else page.save()


def test_both_languages_of_the_ledger_are_equal_after_each_of_500_random_edits(hub):
    chance = random.Random(SEED)
    thai = make_resolution(make_party(), make_other_party())
    english = Locale.objects.get(language_code="en")
    thai.get_parent().specific.copy_for_translation(
        english, copy_parents=True).save_revision().publish()
    twin = thai.copy_for_translation(english)
    twin.save_revision().publish()
    parties = list(Party.objects.all())
    refused = 0
    for number in range(EDITS):
        page = ResolutionPage.objects.get(pk=chance.choice([thai.pk, twin.pk]))
        try:
            edit(page, chance, parties)
        except ValidationError:
            refused += 1
        if number % 10 == 0 or number == EDITS - 1:
            assert ledger_in("th") == ledger_in("en"), number
        held = [
            [(row.translation_key, [getattr(row, name) for name in HELD_ONCE],
              set(row.parties.values_list("pk", flat=True)))
             for row in Clause.objects.filter(page=pk).order_by("translation_key")]
            for pk in (thai.pk, twin.pk)
        ]
        assert held[0] == held[1], number
    print(f"LEDGER_SEED={SEED}: {EDITS} edits, {refused} of them refused, both languages equal, "
          f"{len(ledger_in('th'))} rows")
    assert len(ledger_in("th")) >= 3 and refused < EDITS / 2
    assert differences() == []
