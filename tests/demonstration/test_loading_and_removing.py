"""Loading the demonstration, loading it again, and removing it without residue."""

import re
from collections import Counter
from dataclasses import fields, is_dataclass
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, models
from django.db.models.signals import post_save
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from modelcluster.fields import ParentalKey
from wagtail.models import Page, get_page_models

from courses.models import Certificate, CourseRun, CurriculumPage, Enrolment, GroupFile, RunState
from demonstration import texts
from demonstration.loader import Loader, remove
from demonstration.models import LoadedPage
from hub.models import (
    ChainLink,
    Flag,
    HomePage,
    HubDocument,
    KnowledgePage,
    OutboxEntry,
    SectionPage,
    TextPage,
    Withdrawal,
    generation,
)
from models_lib.models import BlockOutcome, ModelPage, PeerReview, ReplicationPage
from policy.ledger.clause_party_status import with_status
from policy.models import Clause, ClauseReport, Contribution, DraftResolutionPage, Party
from search.index import indexer
from tests.factories import LessonPageFactory, home

pytestmark = pytest.mark.django_db


NO_TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


@pytest.fixture(scope="module")
def loaded_once(world):
    with override_settings(TASKS=NO_TASKS):
        Loader().load()


@pytest.fixture
def loaded(loaded_once, settings):
    settings.TASKS = NO_TASKS


def kinds(language="th"):
    pages = KnowledgePage.objects.live().filter(locale__language_code=language).specific()
    found = [page.stage for page in pages]
    return {stage: found.count(stage) for stage in found}


def test_every_kind_of_content_is_loaded(loaded):
    thai = kinds()
    assert thai["lesson"] + thai["practice"] >= 12
    assert thai["model"] >= 6 and thai["study-tour"] >= 3 and thai["curriculum"] >= 3
    assert thai["assembly"] == 3 and thai["resolution"] == 5 and thai["issue"] == 2
    assert ReplicationPage.objects.filter(locale__language_code="th").count() >= 4
    assert ReplicationPage.objects.filter(outcome="failure").exists()
    assert all(m.building_blocks.count() >= 4 for m in ModelPage.objects.all())
    versions = {m.slug: m.published_versions.count() for m in ModelPage.objects.all()}
    assert versions.pop("ธนาคารปูม้า") == versions.pop("crab-bank") == 2
    assert set(versions.values()) == {1}
    assert set(kinds("en")) == set(thai)
    files = HubDocument.objects.filter(handouts__isnull=False)
    assert {"pdf", "pptx"} <= {f.file_extension for f in files}
    assert all(f.file_size and f.file_hash for f in files)


def test_every_page_is_marked_as_demonstration(loaded, visitor):
    assert not KnowledgePage.objects.filter(is_demonstration=False).exists()
    page = ModelPage.objects.first()
    assert "เนื้อหาตัวอย่าง" in visitor.get(page.url).content.decode()


# Queries that a page may cost a reader who finds it in no cache: when another page was opened since
# the last change, and when it was opened itself.
MOST_QUERIES = {HomePage: (20, 12), SectionPage: (20, 12), TextPage: (20, 12)}
MOST_OF_KNOWLEDGE = (40, 20)
PAGES_OF_A_KIND = 3
AND_A_PACK = 80  # which is read anew after a change


def test_every_kind_of_page_asks_few_questions(loaded, visitor, settings, capsys, monkeypatch):
    """Several pages of each kind, so neither rows nor links nor files make more of them."""
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "PageCache" not in m]
    pages = Page.objects.live().public().filter(depth__gt=1, locale__language_code="th").specific()
    asked = {}
    visitor.get("/search/?q=x")  # builds the index
    of_kind = Counter()
    for page in pages:
        of_kind[type(page)] += 1
        if of_kind[type(page)] > PAGES_OF_A_KIND:
            continue
        OutboxEntry.objects.create(kind="site")
        indexer.catch_up()
        indexer.catch_up()  # the first has shortened the change log, which changed it
        monkeypatch.setattr(generation, "_kept", generation._Kept())  # all of it has changed
        visitor.get("/")
        numbers = []
        for _visit in range(2):
            with CaptureQueriesContext(connection) as queries:
                assert visitor.get(page.url).status_code == 200
            numbers.append(len(queries))
        most = asked.setdefault(type(page), (0, 0))
        asked[type(page)] = tuple(map(max, most, numbers))
    kinds_of_page = {m for m in get_page_models() if m.is_creatable and m is not Page}
    assert set(asked) == kinds_of_page
    with capsys.disabled():
        print("\nqueries of a page    first   then")
        for model, (first, then) in asked.items():
            print(f"{model.__name__:20} {first:5} {then:6}")
    asked[CurriculumPage] = (asked[CurriculumPage][0] - AND_A_PACK, asked[CurriculumPage][1])
    too_many = {
        model.__name__: numbers for model, numbers in asked.items()
        if any(n > most for n, most in
               zip(numbers, MOST_QUERIES.get(model, MOST_OF_KNOWLEDGE), strict=True))
    }
    assert not too_many


# Tables that pages read whose rows write no entry to the change log when they are saved, and why
# cached pages learn of them all the same, or need not at once.
WITHOUT_AN_ENTRY = {
    "hub_outboxentry": "the change log itself",
    "django_content_type": "changes with the code",
    "wagtailcore_locale": "changes with the settings",
    "auth_group": "who passes a restriction is asked for each reader",
    "hub_publishedversion": "made when its page is published",
    "hub_withdrawal": "its rules write an entry for each page",
    "hub_flag": "its rules write an entry for each page",
    "lessons_maskedlesson": "made when the copy is published",
    "courses_knownhandout": "made when a course is saved",
    "courses_checksum": "follows from the bytes of a document",
    "courses_packedition": "made from what is published",
    "courses_shortaddress": "made when it is first asked for, and never changed",
    "courses_downloadcount": "counts of everybody's downloads",
    "policy_clauseterms": "written with the page that is saved or amended",
    "policy_clausetermsparty": "written with the page that is saved or amended",
    "policy_contribution": "the view that takes it in writes the entry",
    "policy_decision": "the view that takes it in writes the entry",
    "policy_paragraph": "made from the text of a draft that is saved",
    "policy_wording": "made from the text of a draft that is saved, or by a decision",
    "search_documenttext": "the task that reads it writes an entry for searches",
    "policy_statusperiod": "reckoned anew with the evidence, which writes the entry",
}


def test_a_change_of_whatever_a_page_reads_drops_it_from_the_cache(loaded, visitor, settings):
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "PageCache" not in m]
    tables = set()

    def note(execute, sql, params, many, context):
        tables.update(re.findall(r'(?:FROM|JOIN) "(\w+)"', sql))
        return execute(sql, params, many, context)

    of_kind = {type(page): page.url for page in Page.objects.live().filter(depth__gt=1).specific()}
    with connection.execute_wrapper(note):
        for address in (*of_kind.values(), "/follow-up/", "/fit/", "/chain/broken/"):
            assert visitor.get(address).status_code == 200
    assert len(tables) > 30
    unnoticed = set()
    for model in apps.get_models(include_auto_created=True):
        row = model._base_manager.first() if model._meta.db_table in tables else None
        is_row_of_a_page = any(isinstance(field, ParentalKey) for field in model._meta.fields)
        if row is None or is_row_of_a_page or model._meta.auto_created:
            continue  # rows are written with their page, which writes the entry
        before = OutboxEntry.objects.state().shown
        post_save.send(  # not row.save(): some are append-only
            model, instance=row, created=False, raw=False, using="default", update_fields=None)
        if OutboxEntry.objects.state().shown == before:
            unnoticed.add(model._meta.db_table)
    assert unnoticed <= set(WITHOUT_AN_ENTRY)


def addresses_of_each_kind():
    pages = Page.objects.live().filter(depth__gt=1, locale__language_code="th").specific()
    of_kind = {type(page): page.url for page in pages}
    return [*of_kind.values(), "/follow-up/", "/chain/broken/", "/courses/runs/"]


def test_cached_pages_show_every_change_of_every_text_they_read(
    loaded, monkeypatch, thorough, capsys
):
    """Each text in each table is changed; after each table, what the cache answers is what a
    server without a cache would."""
    cached, addresses = Client(), addresses_of_each_kind()
    tables, hits, dropped = set(), 0, 0

    def note(execute, sql, params, many, context):
        tables.update(re.findall(r'(?:FROM|JOIN) "(\w+)"', sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        for address in addresses:
            assert cached.get(address).status_code == 200
    read = [model for model in apps.get_models(include_auto_created=True)
              if model._meta.db_table in tables and texts_of(model)]
    assert len(read) > 20
    for model in read if thorough else read[:: len(read) // 5]:
        for field in texts_of(model):
            table, column = map(connection.ops.quote_name, (model._meta.db_table, field.column))
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET {column} = {column} || 'ฆ' "
                               f"WHERE {column} <> ''")
        OutboxEntry.objects.create(kind="site")
        indexer.catch_up()
        answers = {address: cached.get(address) for address in addresses}
        kept = generation._kept
        monkeypatch.setattr(generation, "_kept", generation._Kept())
        for address, answer in answers.items():
            anew = Client().get(address)
            assert anew.page_cache == "miss" and answer.content == anew.content, (
                f"{address} after a change in {model._meta.db_table}")
            hits += answer.page_cache == "hit"
            dropped += answer.page_cache == "miss"
        monkeypatch.setattr(generation, "_kept", kept)
    assert hits and dropped
    with capsys.disabled():
        print(f"\nafter changes of one table each: {hits} pages kept, {dropped} built anew")


def test_members_share_the_pages_that_are_the_same_for_all(loaded, django_user_model, visitor):
    """And what they get is what a page of their own would have been."""
    client, alone = Client(), Client()
    for browser, name in ((client, "one"), (alone, "two")):
        browser.force_login(django_user_model.objects.create_user(
            name, f"{name}@example.org", "x", first_name="ก"))
    addresses = addresses_of_each_kind()
    for address in addresses:
        client.get(address)
    again = {address: client.get(address) for address in addresses}
    with override_settings(MIDDLEWARE=[m for m in settings.MIDDLEWARE if "MemberPages" not in m]):
        for address, response in again.items():
            assert without_tokens(response) == without_tokens(alone.get(address)), address
    own = {unquote(a) for a, response in again.items() if response.page_cache != "hit"}
    assert own == {"/นโยบาย/สมัชชาครั้งที่-3/ร่างมติเพื่อนบ้านเยี่ยมผู้สูงอายุ/"}, "who may write in it"


def without_tokens(response) -> str:
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return re.sub(r"\s+", " ", text)


def texts_of(model):
    """The fields of ``model`` that hold words, and nothing that code knows by its value."""
    return [
        field for field in model._meta.local_fields
        if isinstance(field, (models.CharField, models.TextField)) and not field.choices
        and not field.unique and type(field) not in (models.SlugField, models.URLField)
        and field.name in ("title", "draft_title", "summary", "name_th", "name_en", "text",
                           "note", "description", "label")
    ]


def test_what_is_kept_is_whole(loaded, monkeypatch):
    """What a page loads later of an object that is kept, other pages do not know to be theirs."""
    sizes = {}

    class Weighing(generation._Kept):
        def get(self, generation, key, make, is_current=None):
            def made():
                value = make()
                sizes[key] = size_of(value), value
                return value
            return super().get(generation, key, made, is_current)

    monkeypatch.setattr(generation, "_kept", Weighing())
    visitor = Client()
    for address in addresses_of_each_kind():
        assert visitor.get(address).status_code == 200
    assert len(sizes) > 50
    grown = {key for key, (size, value) in sizes.items() if size_of(value) != size}
    assert not grown


def size_of(value, counted=None) -> int:
    """How many objects ``value`` consists of; it grows when a field or a relation is loaded."""
    counted = set() if counted is None else counted
    if id(value) in counted:
        return 0
    counted.add(id(value))
    if isinstance(value, models.Model):
        parts = [part for name, part in vars(value).items() if not name.startswith("_")]
        parts += value._state.fields_cache.values()
        parts += getattr(value, "_prefetched_objects_cache", {}).values()
    elif isinstance(value, dict):
        parts = value.values()
    elif isinstance(value, (list, tuple, set, frozenset)):
        parts = value
    elif isinstance(value, models.QuerySet):
        parts = value._result_cache or ()
    elif is_dataclass(value) and not isinstance(value, type):
        parts = [getattr(value, field.name, None) for field in fields(value)]
    else:
        parts = ()
    return 1 + sum(size_of(part, counted) for part in list(parts))


def test_clauses_have_every_status(loaded):
    clauses = with_status(list(Clause.objects.filter(locale__language_code="th")))
    statuses = {str(clause.status) for clause in clauses}
    assert statuses >= {"verified", "evidenced", "reported", "contradicted", "overdue", "no_report"}


def test_a_superseded_lesson_and_the_review_of_its_model_are_loaded(loaded, visitor):
    withdrawal = Withdrawal.objects.get()
    lesson = KnowledgePage.objects.get(translation_key=withdrawal.key, locale__language_code="th")
    assert withdrawal.successor.url in visitor.get(lesson.url).content.decode()
    assert not Flag.objects.open().exists()
    [flag] = Flag.objects.all()
    model = KnowledgePage.objects.get(translation_key=flag.key, locale__language_code="en")
    shown = visitor.get(model.url).content.decode()
    assert "It still holds" in shown and "a full year" in shown


def test_block_outcomes_refer_to_blocks_of_the_model(loaded):
    assert BlockOutcome.objects.exists()
    assert not BlockOutcome.objects.filter(block=None).exists()


def test_loading_again_changes_nothing(loaded):
    def keys():
        return {
            model: list(model.objects.order_by("pk").values_list("pk", flat=True))
            for model in (KnowledgePage, ChainLink, HubDocument, Clause, ClauseReport, Party,
                          PeerReview, Contribution, Enrolment)
        }

    before = keys()
    assert all(before.values())
    messages = Loader().load()
    assert keys() == before
    assert messages == [f"0 pages loaded, {len(texts.read_texts())} unchanged."]


def test_pages_that_an_editor_changed_are_not_overwritten(loaded, monkeypatch):
    """And a refreshed page keeps the ids of its clauses and building blocks."""
    keys = set(Clause.objects.values_list("pk", "translation_key"))
    links = set(BlockOutcome.objects.values_list("block_title", "block"))
    page = ModelPage.objects.filter(locale__language_code="th").first()
    page.title = "ชื่อที่บรรณาธิการแก้"
    page.save_revision().publish()
    read_texts = texts.read_texts

    def changed():
        edited = read_texts()
        for text in edited:
            text.values["summary"] = "ฉบับใหม่"
        return edited

    monkeypatch.setattr(texts, "read_texts", changed)
    messages = Loader().load()
    page.refresh_from_db()
    assert page.title == "ชื่อที่บรรณาธิการแก้"
    assert any("ชื่อที่บรรณาธิการแก้" in line for line in messages)
    # Loaded once and never refreshed: drafts may have contributions, lessons other masks.
    once = LoadedPage.objects.filter(name__regex="^(process|closed)/").values("page")
    others = KnowledgePage.objects.exclude(pk=page.pk).exclude(pk__in=once)
    assert set(others.values_list("summary", flat=True)) == {"ฉบับใหม่"}
    assert set(Clause.objects.values_list("pk", "translation_key")) == keys
    assert set(BlockOutcome.objects.values_list("block_title", "block")) == links


def test_removing_deletes_the_demonstration_and_nothing_else(loaded):
    own = LessonPageFactory(title="ของเราเอง", parent=home().get_children().first().specific)
    assert remove() > 50
    assert list(KnowledgePage.objects.values_list("pk", flat=True)) == [own.pk]
    for model in (ChainLink, ClauseReport, Clause, Party, Withdrawal, Flag, PeerReview, CourseRun,
                  Enrolment, Certificate, GroupFile):
        assert not model.objects.exists(), model
    assert not get_user_model().objects.filter(username__startswith="demonstration-").exists()
    assert not HubDocument.objects.exists()
    # The section that holds an editor's page stays.
    assert LoadedPage.objects.filter(name__startswith="section/").exists()
    call_command("demonstration", "load", verbosity=0)
    assert kinds()["model"] == 6


def test_demonstration_users_are_created_on_development_machines_only(hub, settings, tmp_path):
    from django.core.management import CommandError

    settings.DATA_DIR = tmp_path
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError):
        call_command("demonstration", "users")
    settings.DEVELOPMENT = True
    call_command("demonstration", "users", verbosity=0)
    file = tmp_path / "demonstration-users.txt"
    assert file.stat().st_mode & 0o077 == 0
    first = file.read_text()
    call_command("demonstration", "users", verbosity=0)
    assert file.read_text() == first


def test_children_have_an_explicit_order(loaded):
    from hub.models import Attachment, Contributor
    from models_lib.models import BuildingBlock

    for model in (Clause, BuildingBlock, BlockOutcome, Attachment, Contributor):
        assert not model.objects.filter(sort_order=None).exists(), model


def test_conditions_of_models_can_be_checked_in_both_languages(loaded):
    from models_lib.models import Condition

    for page in ModelPage.objects.all():
        checked = [c for c in page.conditions.all() if c.kind]
        assert len(checked) >= 2, page
        for condition in checked:
            condition.clean()
    keys = {
        code: set(Condition.objects.filter(locale__language_code=code).values_list(
            "translation_key", "kind", "amount", "feature", "skill", "group"))
        for code in ("th", "en")
    }
    assert keys["th"] == keys["en"]


def test_one_model_is_peer_reviewed(loaded, client):
    review = PeerReview.objects.get()
    assert review.has_enough_reviews and not review.is_changed_since
    for language in ("th", "en"):
        page = ModelPage.objects.get(
            translation_key=review.page.translation_key, locale__language_code=language)
        assert 'id="peer_review"' in client.get(page.url).content.decode()


def test_a_draft_is_open_for_amendments_and_has_contributions(loaded, visitor):
    draft = DraftResolutionPage.objects.get(locale__language_code="th")
    assert draft.is_open and draft.decisions.count() == 2
    body = visitor.get(f"{draft.url}p/3/trace/").content.decode()
    assert "ยุพิน (นามสมมติ)" in body and "ฮาซัน (นามสมมติ)" in body


def test_changes_since_the_first_version_of_a_course_are_shown(loaded, visitor):
    page = KnowledgePage.objects.get(slug="หลักสูตรประมงชุมชน")
    html = visitor.get(f"{page.url}since/1/").content.decode()
    words = "".join(re.sub("<.*?>", "", html).split())
    assert "ใบงานที่1ตรวจเงื่อนไข" in words and "ใบงานที่2อ่านสีไข่ปูสี่ระยะ" in words
    assert "ในชุดของคุณเป็นช่วงเรียนที่4" in words, "the rules come before the tanks now"
    assert f"{page.url}since/1/pack/" in html and "คู่มือวิทยากร" not in words


def test_course_runs_are_over_open_and_full(loaded, visitor):
    states = {run.state for run in CourseRun.objects.all()}
    assert states == {RunState.OVER, RunState.OPEN, RunState.FULL}
    assert Certificate.objects.filter(revoked_at=None).count() == 2
    revoked = Certificate.objects.exclude(revoked_at=None).get()
    body = visitor.get(f"/certificates/{revoked.code}/").content.decode()
    assert revoked.revoked_reason in body and "เนื้อหาตัวอย่าง" in body
    assert "First group in English" in visitor.get("/en/courses/runs/").content.decode()


def test_demonstration_users_lead_groups_and_take_part(loaded, settings, tmp_path):
    settings.DEVELOPMENT, settings.DATA_DIR = True, tmp_path
    call_command("demonstration", "users")
    users = get_user_model().objects
    assert users.get(username="facilitator").facilitated_runs.count() == 4
    member = users.get(username="member")
    assert {e.state for e in member.enrolments.all()} == {"enrolled", "waiting"}
    assert Certificate.objects.filter(enrolment__user=member).count() == 1
