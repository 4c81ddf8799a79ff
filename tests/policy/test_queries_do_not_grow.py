"""A page asks as much of the database with many clauses, drafts and hearings as with few."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale

from hub.models import Topic
from policy.models import (
    AgendaItem,
    Clause,
    ClauseReport,
    Contribution,
    Hearing,
    HearingGroup,
    Verification,
)
from search.templatetags import search_tags
from tests.factories import (
    AssemblyPageFactory,
    DraftResolutionPageFactory,
    IssuePageFactory,
    ResolutionPageFactory,
    document,
)
from tests.policy.conftest import Kind, with_stages
from tests.queries import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_related_pages(monkeypatch):
    """Which pages are related, and of how many kinds, follows from their content."""
    monkeypatch.setattr(search_tags, "related_to", lambda *_arguments: [])


def numbers_of(*addresses):
    return {address: len(queries_of(address)) for address in addresses}


def with_clauses(page, parties, number):
    """Publishes ``page`` with ``number`` clauses, each with a report that was verified."""
    for n in range(page.clauses.count(), number):
        clause = Clause(number=str(n + 1), text="ให้ทำ", locale=page.locale, sort_order=n)
        clause.parties = parties
        page.clauses.add(clause)
    page.save_revision().publish()
    for clause in page.clauses.all():
        for party in parties:
            report = ClauseReport.objects.create(
                clause_key=clause.translation_key, party=party, claim="ทำแล้ว")
            Verification.objects.create(
                clause_key=clause.translation_key, party=party, report=report,
                finding="confirmed", observation="เห็นแล้ว")


def with_agenda(assembly, parties, number):
    """Publishes ``assembly`` with ``number`` agenda items, drafts, resolutions and hearings."""
    items, hearings = [], []
    for n in range(number):
        draft = DraftResolutionPageFactory(title=f"ร่าง {number} {n}", parent=assembly)
        resolution = ResolutionPageFactory(
            title=f"มติ {number} {n}", parent=assembly, draft=draft if n % 2 else None)
        with_clauses(resolution, parties, 2)
        issue = IssuePageFactory(title=f"ประเด็น {number} {n}")
        items.append(AgendaItem(number=str(n), title=f"วาระ {n}", issue=issue, draft=draft,
                                resolution=resolution if n % 2 else None, sort_order=n))
        hearing = Hearing(date=date(2026, 1, n + 1), place="ศาลา", draft=draft,
                          minutes=document(f"บันทึก {n}", f"บันทึก {number} {n}.txt"))
        hearing.groups = [HearingGroup(group=group, number=5) for group in
                          Topic.objects.filter(kind=Topic.Kind.GROUP)[:number]]
        hearings.append(hearing)
    assembly = type(assembly).objects.get(pk=assembly.pk)
    assembly.agenda, assembly.hearings = items, hearings
    assembly.save_revision().publish()


def test_a_resolution_and_its_clauses(resolution, party, other_party):
    with_clauses(resolution, [party], 2)
    few = numbers_of(resolution.url)
    with_clauses(resolution, [party, other_party], 6)
    assert numbers_of(resolution.url) == few


def test_an_assembly_its_agenda_drafts_hearings_and_resolutions(assembly, party, other_party):
    addresses = [assembly.url, f"{assembly.url}calendar.ics",
                 reverse("follow_up_assembly", args=[assembly.pk])]
    with_agenda(assembly, [party, other_party], 2)
    few = numbers_of(*addresses)
    with_agenda(assembly, [party, other_party], 6)
    assert numbers_of(*addresses) == few


def test_an_assembly_in_another_language(assembly):
    twin = assembly.copy_for_translation(
        Locale.objects.get(language_code="en"), copy_parents=True)
    twin.save_revision().publish()

    def translate(number):
        for n in range(number):
            draft = DraftResolutionPageFactory(title=f"ร่าง {number} {n}", parent=assembly)
            draft.copy_for_translation(twin.locale).save_revision().publish()

    translate(2)
    few = numbers_of(twin.url)
    translate(6)
    assert numbers_of(twin.url) == few


def test_a_draft_and_its_paragraphs(assembly, member):
    def draft_with(number):
        page = DraftResolutionPageFactory(
            title=f"ร่าง {number}", parent=assembly,
            tabled=[("operative", f"ให้ทำอย่างที่ {n}") for n in range(number)])
        for paragraph in page.paragraphs.all():
            Contribution.objects.create(
                paragraph=paragraph, author=member, kind="comment", text="เห็นด้วย")
        return page.url

    few, many = numbers_of(draft_with(2)), numbers_of(draft_with(6))
    assert [*few.values()] == [*many.values()]


def test_an_issue_and_the_assemblies_that_take_it_up(hub):
    issue = IssuePageFactory(title="ปูหาย")

    def take_up(number):
        for n in range(number):
            assembly = with_stages(
                AssemblyPageFactory(title=f"สมัชชา {number} {n}"), (Kind.AMENDMENTS, -5, 5))
            draft = DraftResolutionPageFactory(title="ร่าง", parent=assembly)
            assembly.agenda = [AgendaItem(number="1", title="ปู", issue=issue, draft=draft)]
            assembly.save_revision().publish()

    take_up(2)
    few = numbers_of(issue.url)
    take_up(6)
    assert numbers_of(issue.url) == few


def test_the_export_of_the_ledger(resolution, party, other_party):
    addresses = [reverse("follow_up_data", args=[kind]) for kind in ("csv", "json")]
    with_clauses(resolution, [party], 2)
    few = numbers_of(*addresses)
    for n in range(4):
        later = ResolutionPageFactory(
            parent=resolution.get_parent().specific, title=f"มติ {n}", number=f"3/{n}",
            adopted_on=timezone.localdate() - timedelta(days=n))
        with_clauses(later, [party, other_party], 12)
    assert numbers_of(*addresses) == few
