"""Withdrawn pages carry a notice, and their dependents are flagged until they are reviewed."""

import random
from datetime import date

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry, PageViewRestriction

from hub.chain.relations import DEPENDENCE, LEADING_ON, Relation
from hub.jobs.scheduler import Scheduler
from hub.models import ChainLink, Flag, KnowledgePage, Withdrawal
from hub.withdrawals import rules
from hub.withdrawals.notices import notice_of
from policy.models import Clause
from tests.factories import (
    CurriculumPageFactory,
    IssuePageFactory,
    LessonPageFactory,
    ModelPageFactory,
    ResolutionPageFactory,
    SectionPageFactory,
    home,
    link,
)

pytestmark = pytest.mark.django_db
WITHDRAWN, SUPERSEDED = Withdrawal.Kind.WITHDRAWN, Withdrawal.Kind.SUPERSEDED


@pytest.fixture
def chain(hub):
    """A lesson, a Model drawn from it, an issue that rests on the Model, a resolution citing it."""
    lesson = LessonPageFactory(title="บทเรียนปู")
    model = ModelPageFactory(title="ตัวแบบปู")
    issue = IssuePageFactory(title="ประเด็นปู")
    resolution = ResolutionPageFactory(title="มติปู")
    resolution.clauses = [Clause(number="1", text="ให้ทำเขตอนุบาล", locale=resolution.locale)]
    resolution.save_revision().publish()
    link(lesson, Relation.EXTRACTED_INTO, model)  # stated on the source
    link(issue, Relation.RESTS_ON, model)
    link(resolution, Relation.CITES, issue)
    return lesson, model, issue, resolution


def body(client, page):
    return client.get(page.url).content.decode()


def flagged() -> set:
    keys = Flag.objects.open().values("key")
    return set(KnowledgePage.objects.filter(translation_key__in=keys).values_list("pk", flat=True))


def withdraw(page, kind=WITHDRAWN, reason="ตัวเลขผิด", **fields):
    return rules.withdraw(page, kind, reason, **fields)


# Readers


def test_a_withdrawn_page_keeps_its_address_and_shows_a_notice(chain, visitor):
    lesson, successor = chain[0], LessonPageFactory(title="บทเรียนใหม่กว่า")
    assert "ตัวเลขผิด" not in body(visitor, lesson)
    withdraw(lesson, SUPERSEDED, successor=successor)
    shown = body(visitor, lesson)
    notice = shown.index("มีหน้าใหม่มาแทนหน้านี้แล้ว")
    assert notice < shown.index("ตัวเลขผิด") < shown.index("เหตุการณ์")
    assert successor.url in shown
    assert "มีหน้าใหม่แทนแล้ว" in body(visitor, chain[1])  # the chain section of its Model


def test_all_dependents_are_flagged_with_their_path(chain, visitor):
    lesson, model, issue, resolution = chain
    bystander = ModelPageFactory(title="ตัวแบบอื่น")
    withdraw(lesson)
    assert flagged() == {model.pk, issue.pk, resolution.pk}
    for page in (model, issue, resolution):
        shown = body(visitor, page)
        assert "อาศัยความรู้ที่ถูกถอน" in shown and lesson.url in shown, page
    shown = notice_of(resolution).flags[0]
    assert [(r, p.title) for r, p in shown.path] == [
        (Relation.CITES, "ประเด็นปู"), (Relation.RESTS_ON, "ตัวแบบปู"),
        (Relation.EXTRACTED_FROM, "บทเรียนปู"),
    ]
    unconcerned = notice_of(bystander)
    assert not (unconcerned and unconcerned.flags)


def test_clauses_of_a_flagged_resolution_are_marked(chain, visitor):
    lesson, *_others, resolution = chain
    assert "clause__doubt" not in body(visitor, resolution)
    withdraw(lesson)
    assert body(visitor, resolution).count("clause__doubt") == 1


def test_sources_of_a_withdrawn_page_are_not_flagged(chain):
    _lesson, model, issue, resolution = chain
    withdraw(issue)
    assert flagged() == {resolution.pk}
    assert model.pk not in flagged()


@pytest.mark.parametrize("relation", DEPENDENCE)
def test_every_dependence_relation_propagates_from_either_side(hub, relation):
    first, second, third = (LessonPageFactory() for _n in range(3))
    link(second, relation, first)
    link(second, relation.reverse, third)
    withdraw(first)
    assert flagged() == {second.pk, third.pk}


def test_a_translation_is_withdrawn_and_flagged_with_its_original(chain, visitor, english_home):
    lesson, model, *_others = chain
    twins = [
        LessonPageFactory(title="Crab lesson", parent=home("en"),
                          translation_key=lesson.translation_key),
        ModelPageFactory(title="Crab Model", parent=home("en"),
                         translation_key=model.translation_key),
    ]
    withdraw(lesson)
    assert "This page was withdrawn" in body(visitor, twins[0])
    shown = body(visitor, twins[1])
    assert "Rests on withdrawn knowledge" in shown
    assert twins[0].url in shown and lesson.url not in shown.partition("standing__path")[2][:600]


def test_a_private_page_is_not_named_on_its_dependents(chain, visitor):
    lesson, model, *_others = chain
    PageViewRestriction.objects.create(page_id=lesson.pk, restriction_type="login")
    withdraw(lesson, reason="เหตุผลลับ")
    shown = body(visitor, model)
    assert "อาศัยความรู้ที่ถูกถอน" in shown and "หน้าที่ไม่เผยแพร่" in shown
    assert "บทเรียนปู" not in shown and "เหตุผลลับ" not in shown


def test_lists_and_results_are_marked_in_a_fixed_number_of_queries(hub, visitor, signed_in,
                                                                      editor):
    section = SectionPageFactory(stages="lesson")
    lessons = [LessonPageFactory(parent=section, title=f"บทเรียนเรื่องปู {n}") for n in range(6)]
    withdraw(lessons[0])
    assert body(visitor, section).count("mark-of-page--bad") == 1
    shown = visitor.get("/search/?q=บทเรียนเรื่องปู").content.decode()
    assert shown.count("mark-of-page--bad") == 1
    client = signed_in(editor)
    counts = []
    for lesson in lessons[1:3]:
        client.get(section.url)
        with CaptureQueriesContext(connection) as queries:
            client.get(section.url)
        counts.append(len(queries))
        withdraw(lesson)
    assert counts[0] == counts[1]


def test_a_feed_marks_withdrawn_pages(hub, visitor):
    lesson = LessonPageFactory(title="บทเรียนในฟีด")
    address = reverse("search_feed") + "?q=บทเรียนในฟีด"
    assert "ถูกถอนแล้ว" not in visitor.get(address).content.decode()
    withdraw(lesson)
    assert "บทเรียนในฟีด (ถูกถอนแล้ว)" in visitor.get(address).content.decode()


def test_the_number_of_queries_does_not_depend_on_the_path_length(chain):
    lesson, model, _issue, resolution = chain
    withdraw(lesson)
    counts = []
    for page in (model, resolution):
        with CaptureQueriesContext(connection) as queries:
            notice = notice_of(KnowledgePage.objects.get(pk=page.pk).specific)
            assert len(notice.flags) == 1
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


# Fresh pages


def test_cached_pages_show_each_step_at_once(chain, visitor):
    lesson, model, *_others = chain
    addresses = [lesson.url, model.url, f"{model.url}chain/"]

    def shown():
        return [visitor.get(address).content.decode() for address in addresses]

    assert not any("standing__part" in text for text in shown())
    withdrawal = withdraw(lesson)
    assert all("standing__part" in text for text in shown()[:2])
    assert "ถูกถอน" in shown()[2]
    flag = withdrawal.flags.get(key=model.translation_key)
    rules.review(flag, model, "คณะตรวจ", "เทียบกับสมุดรับฝากแล้ว", Flag.Outcome.HOLDS)
    assert "เทียบกับสมุดรับฝากแล้ว" in shown()[1] and "standing__part--warn" not in shown()[1]
    rules.lift(withdrawal, "ตัวเลขถูกแล้ว")
    assert "standing__part--bad" not in shown()[0] and "ตัวเลขถูกแล้ว" in shown()[0]


# Reviews


def test_only_a_recorded_review_clears_a_flag(chain, visitor):
    lesson, model, issue, resolution = chain
    withdrawal = withdraw(lesson)
    ChainLink.objects.filter(page_id=lesson.pk).delete()  # removing the link clears nothing
    assert model.pk in flagged()
    flag = withdrawal.flags.get(key=model.translation_key)
    rules.review(flag, model, "คณะตรวจ", "ทดลองซ้ำแล้ว", Flag.Outcome.CHANGED)
    assert flagged() == {issue.pk, resolution.pk}  # each needs its own review
    shown = body(visitor, model)
    assert "คณะตรวจ" in shown and "ทดลองซ้ำแล้ว" in shown and "แก้ไขแล้ว" in shown


def test_a_review_that_withdraws_flags_the_dependents_anew(chain, moderator):
    lesson, model, issue, resolution = chain
    withdrawal = withdraw(lesson)
    flag = withdrawal.flags.get(key=model.translation_key)
    rules.review(flag, model, "คณะตรวจ", "ใช้ไม่ได้แล้ว", Flag.Outcome.WITHDRAWN, by=moderator)
    assert rules.is_withdrawn(model)
    second = Withdrawal.objects.get(key=model.translation_key)
    assert second.reason == "ใช้ไม่ได้แล้ว"
    assert set(second.flags.values_list("key", flat=True)) == {
        issue.translation_key, resolution.translation_key}


def test_lifting_clears_open_flags_and_withdrawing_again_flags_anew(chain):
    lesson, model, issue, resolution = chain
    withdrawal = withdraw(lesson)
    rules.review(withdrawal.flags.get(key=model.translation_key), model, "ก", "ข", "holds")
    rules.lift(withdrawal, "ผิดหน้า")
    assert flagged() == set()
    assert len(notice_of(model).reviews) == 1
    withdraw(lesson)
    assert flagged() == {model.pk, issue.pk, resolution.pk}


def test_a_link_added_later_flags_its_dependents(chain):
    lesson, model, _issue, _resolution = chain
    withdrawal = withdraw(lesson)
    late, later = CurriculumPageFactory(), IssuePageFactory()
    link(later, Relation.RESTS_ON, late)
    assert late.pk not in flagged()
    link(late, Relation.TEACHES, model)  # depends on a flagged page, not on the withdrawn one
    assert {late.pk, later.pk} <= flagged()
    rules.review(withdrawal.flags.get(key=model.translation_key), model, "ก", "ข", "holds")
    after = CurriculumPageFactory()
    link(after, Relation.TEACHES, model)  # which was reviewed as valid
    assert after.pk not in flagged()
    link(after, Relation.TEACHES, lesson)
    assert after.pk in flagged()


@pytest.mark.postgresql
def test_missed_dependents_are_flagged_by_the_scheduler(chain):
    lesson = chain[0]
    withdraw(lesson)
    late = CurriculumPageFactory()
    ChainLink.objects.bulk_create([ChainLink(  # sends no signal
        page_id=late.pk, target_id=lesson.pk, relation=Relation.TEACHES, evidence_text="ก",
        date=date(2024, 1, 1), author="ข",
    )])
    assert late.pk not in flagged()
    Scheduler().run_due(once=True)
    assert late.pk in flagged()


# Random graphs, compared with a slow implementation


def reachable(links, start, stop=()) -> set:
    """Everything that depends on ``start``, found by a plain search that stops at ``stop``."""
    found, todo = set(), [start]
    while todo:
        at = todo.pop()
        for one, relation, other in links:
            dependent, source = (one, other) if relation in DEPENDENCE else (other, one)
            if source == at and dependent != start and dependent not in found:
                found.add(dependent)
                if dependent not in stop:
                    todo.append(dependent)
    return found


@pytest.mark.any_database
@pytest.mark.postgresql
def test_flags_are_what_a_slow_implementation_finds_on_random_graphs(hub, monkeypatch):
    monkeypatch.setattr("hub.withdrawals.rules._record_changes", lambda keys: None)
    pages = [LessonPageFactory() for _n in range(8)]
    parents = {page.pk: page.knowledgepage_ptr for page in pages}
    pks = list(parents)
    key = {page.pk: page.translation_key for page in pages}
    rng = random.Random(20240501)
    relations = [*DEPENDENCE, *LEADING_ON]
    deepest = 0
    for _round in range(80):
        Flag.objects.all().delete()
        Withdrawal.objects.all().delete()
        ChainLink.objects.all().delete()
        links = [
            (*rng.sample(pks, 2), rng.choice(relations))
            for _n in range(rng.randrange(1, 16))
        ]
        links = [(one, relation, other) for one, other, relation in links]
        early = links[: rng.randrange(len(links) + 1)]
        ChainLink.objects.bulk_create(_links(early))
        start = rng.choice(pks)
        withdrawal = rules.withdraw(parents[start], WITHDRAWN, "ผิด")
        assert flagged() == reachable(early, start)
        for late in links[len(early):]:
            _links([late])[0].save()
        everything = reachable(links, start)
        assert flagged() == everything
        deepest = max([deepest, *(len(flag.path) for flag in withdrawal.flags.all())])
        cleared = set(rng.sample(sorted(everything), len(everything) // 2))
        for pk in cleared:
            flag = withdrawal.flags.get(key=key[pk])
            rules.review(flag, parents[pk], "ก", "ข", Flag.Outcome.HOLDS)
        assert flagged() == everything - cleared
        assert rules.flag_missed_dependents() == 0
        rules.lift(withdrawal, "ผิดหน้า")
        assert flagged() == set()
        rules.withdraw(parents[start], WITHDRAWN, "ผิดอีก")
        assert flagged() == everything
    assert deepest >= 4


def _links(links) -> list[ChainLink]:
    return [
        ChainLink(page_id=one, relation=relation, target_id=other, evidence_text="ก",
                  date=date(2024, 1, 1), author="ข")
        for one, relation, other in links
    ]


def test_a_circular_chain_does_not_flag_the_withdrawn_page(hub):
    one, two = LessonPageFactory(), LessonPageFactory()
    link(one, Relation.RESTS_ON, two)
    link(two, Relation.RESTS_ON, one)
    withdraw(one)
    assert flagged() == {two.pk}


# E-mails


def person(model, name, **fields):
    return model.objects.create_user(name, f"{name}@example.org", "secret", **fields)


def test_each_caretaker_gets_one_email_listing_all_pages(
    chain, django_user_model, visitor
):
    lesson, model, issue, _resolution = chain
    owner, caretaker = person(django_user_model, "owner"), person(django_user_model, "caretaker")
    gone = person(django_user_model, "gone", is_active=False)
    for page in (model, issue):
        page.owner = owner
        page.caretakers = [caretaker, gone]
        page.save_revision().publish()
    withdraw(lesson)
    assert sorted(to for email in mail.outbox for to in email.to) == [
        "caretaker@example.org", "owner@example.org"]
    for email in mail.outbox:
        assert "ตัวแบบปู" in email.body and "ประเด็นปู" in email.body
        assert "ตัวเลขผิด" in email.body
        for page in (model, issue):
            flag = Flag.objects.get(key=page.translation_key)
            assert reverse("hub_review", args=[flag.pk]) in email.body
        assert "\n" not in email.subject


def test_the_email_is_in_the_readers_language_and_names_no_private_page(chain, django_user_model):
    from wagtail.users.models import UserProfile

    lesson, model, *_others = chain
    owner = person(django_user_model, "owner")
    UserProfile.objects.create(user=owner, preferred_language="en")
    model.owner = owner
    model.save()
    PageViewRestriction.objects.create(page_id=lesson.pk, restriction_type="login")
    withdraw(lesson, reason="เหตุผลลับ")
    [email] = mail.outbox
    assert "Please look" in email.subject
    assert "บทเรียนปู" not in email.body and "เหตุผลลับ" not in email.body
    assert "ตัวแบบปู" in email.body


# Permissions and the editor


def test_publishers_withdraw_a_page_and_the_history_records_it(chain, signed_in, moderator):
    lesson = chain[0]
    client = signed_in(moderator)
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).content.decode()
    address = reverse("hub_withdraw", args=[lesson.pk])
    assert address in edit
    assert client.get(address).status_code == 200
    answer = client.post(address, {"kind": "withdrawn", "reason": "ตัวเลขผิด"})
    assert answer.status_code == 302
    withdrawal = Withdrawal.objects.get(key=lesson.translation_key)
    assert (withdrawal.by, withdrawal.reason) == (moderator, "ตัวเลขผิด")
    assert PageLogEntry.objects.filter(
        page_id=lesson.pk, action="hub.withdraw", user=moderator
    ).count() == 1
    again = client.post(address, {"kind": "withdrawn", "reason": "อีกครั้ง"})
    assert again.url == reverse("hub_lift", args=[lesson.pk])
    assert Withdrawal.objects.count() == 1
    assert reverse("hub_lift", args=[lesson.pk]) in client.get(
        reverse("wagtailadmin_pages:edit", args=[lesson.pk])).content.decode()
    lifted = client.post(reverse("hub_lift", args=[lesson.pk]), {"because": "ถูกแล้ว"})
    assert lifted.status_code == 302
    withdrawal.refresh_from_db()
    assert withdrawal.lifted_at and withdrawal.lifted_by == moderator
    assert PageLogEntry.objects.filter(page_id=lesson.pk, action="hub.lift_withdrawal").exists()


def test_others_cannot_withdraw_or_lift(chain, signed_in, editor, visitor):
    lesson = chain[0]
    for name in ("hub_withdraw", "hub_lift"):
        address = reverse(name, args=[lesson.pk])
        for method in ("get", "post"):
            data = {"kind": "withdrawn", "reason": "ก", "because": "ข"}
            answer = getattr(signed_in(editor), method)(address, data)
            assert answer.status_code == 302 and answer.url == reverse("wagtailadmin_home")
            answer = getattr(visitor, method)(address, data)
            assert answer.status_code == 302 and "login" in answer.url
    assert not Withdrawal.objects.exists()
    edit = signed_in(editor).get(reverse("wagtailadmin_pages:edit", args=[lesson.pk]))
    assert reverse("hub_withdraw", args=[lesson.pk]) not in edit.content.decode()


def test_invalid_forms_withdraw_nothing(chain, signed_in, moderator):
    lesson, model, *_others = chain
    client = signed_in(moderator)
    withdraw(model)
    address = reverse("hub_withdraw", args=[lesson.pk])
    for data in (
        {}, {"kind": "withdrawn"}, {"kind": "burnt", "reason": "ก"},
        {"kind": "superseded", "reason": "ก"},
        {"kind": "superseded", "reason": "ก", "successor": lesson.pk},
        {"kind": "superseded", "reason": "ก", "successor": model.pk},
        {"kind": "superseded", "reason": "ก", "successor": "x"},
        {"kind": "superseded", "reason": "ก", "successor": "9" * 30},
        {"kind": "withdrawn", "reason": "ก" * 2001},
    ):
        assert client.post(address, data).status_code == 422, data
    assert not rules.is_withdrawn(lesson)


def review_address(page):
    return reverse("hub_review", args=[Flag.objects.get(key=page.translation_key).pk])


REVIEW = {"reviewer": "คณะตรวจ", "checked": "เทียบกับสมุดแล้ว", "outcome": "holds"}


def test_caretakers_review_their_page_and_other_editors_cannot(
    chain, signed_in, editor, visitor
):
    lesson, model, *_others = chain
    withdraw(lesson)
    address = review_address(model)
    assert signed_in(editor).post(address, REVIEW).url == reverse("wagtailadmin_home")
    assert "login" in visitor.post(address, REVIEW).url
    assert model.pk in flagged()
    model.caretakers = [editor]
    model.save_revision().publish()
    client = signed_in(editor)
    page = client.get(address).content.decode()
    assert "บทเรียนปู" in page and "ตัวเลขผิด" in page
    assert 'value="withdrawn"' not in page  # needs the permission to publish
    assert client.post(address, REVIEW | {"outcome": "withdrawn"}).status_code == 422
    assert client.post(address, REVIEW).status_code == 302
    assert model.pk not in flagged()
    flag = Flag.objects.get(key=model.translation_key)
    assert (flag.reviewer, flag.checked, flag.outcome) == tuple(REVIEW.values())
    assert PageLogEntry.objects.filter(
        page_id=model.pk, action="hub.review", user=editor
    ).exists()


@pytest.mark.postgresql
def test_a_review_is_recorded_once_and_all_fields_are_required(
    chain, signed_in, moderator
):
    lesson, model, *_others = chain
    withdraw(lesson)
    client, address = signed_in(moderator), review_address(model)
    for name in REVIEW:
        assert client.post(address, REVIEW | {name: ""}).status_code == 422
    assert model.pk in flagged()
    assert client.post(address, REVIEW).status_code == 302
    client.post(address, REVIEW | {"checked": "อีกอย่าง"})
    assert Flag.objects.get(key=model.translation_key).checked == REVIEW["checked"]
    assert "เทียบกับสมุดแล้ว" in client.get(address).content.decode()


@pytest.mark.postgresql
def test_editors_have_a_list_of_open_flags(chain, signed_in, editor, moderator):
    lesson, model, *_others = chain
    withdraw(lesson)
    client = signed_in(editor)
    listed = client.get(reverse("hub_flags")).content.decode()
    assert "ตัวแบบปู" in listed and review_address(model) in listed
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("hub_flags"))
    for _n in range(4):
        link(CurriculumPageFactory(), Relation.TEACHES, lesson)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("hub_flags"))
    assert len(few) == len(many)
    assert client.get(reverse("hub_flags") + "?export=csv").status_code == 200
    edit = signed_in(moderator).get(reverse("wagtailadmin_pages:edit", args=[model.pk]))
    assert review_address(model) in edit.content.decode()


def test_flags_of_a_deleted_page_can_still_be_reviewed(chain, visitor, signed_in,
                                                                moderator):
    lesson, model, *_others = chain
    withdraw(lesson)
    lesson.delete()
    assert "อาศัยความรู้ที่ถูกถอน" in body(visitor, model)
    client = signed_in(moderator)
    assert client.get(review_address(model)).status_code == 200
    assert client.post(review_address(model), REVIEW).status_code == 302
    assert model.pk not in flagged()
    assert timezone.now() > Flag.objects.get(key=model.translation_key).reviewed_at


def test_a_page_with_a_deleted_caretaker_is_still_published(chain, django_user_model):
    lesson, model, *_others = chain
    left, stays = person(django_user_model, "left"), person(django_user_model, "stays")
    model.caretakers = [left, stays]
    revision = model.save_revision()
    left.delete()
    revision.publish()
    withdraw(lesson)
    assert [email.to for email in mail.outbox] == [["stays@example.org"]]
