"""Values and parts of pages that are the same for everybody are kept until something changes."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Max
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from hub.models import Area, OutboxEntry, Topic, generation
from hub.models.generation import kept
from hub.models.reads import ask, noted
from tests.factories import ModelPageFactory, SectionPageFactory, home

pytestmark = pytest.mark.django_db


def get(path="/", method="GET"):
    return RequestFactory().generic(method, path)


def noted_kept(make):
    """What is kept of ``make`` in a request of which is noted what it reads."""
    with noted():
        return kept(get(), "key", make)


@pytest.fixture
def counted():
    """A function that tells how often it was called."""
    calls = []

    def make():
        calls.append(1)
        return len(calls)

    return make


def changed(name="ใหม่"):
    """A topic changes, which the change log tells."""
    topic = Topic.objects.first()
    topic.name_th = name
    topic.save()


def test_it_is_made_once_until_what_it_is_made_of_changes(hub, counted):
    def make():
        return counted(), Topic.objects.first().name_th, Area.objects.count()

    assert [noted_kept(make)[0] for _ in range(3)] == [1, 1, 1]
    changed("ใหม่")
    assert noted_kept(make)[:2] == (2, "ใหม่")
    OutboxEntry.objects.create(kind="site")
    changed("ใหม่")  # once more the same
    assert noted_kept(make)[0] == 2


def test_also_where_it_was_read_by_the_page_around_it(hub, counted):
    """What makes the value may know all that was read before it."""

    def part(request):
        name = Topic.objects.first().name_th
        return kept(request, "key", lambda: (counted(), name))

    with noted() as page:
        assert part(get()) == (1, Topic.objects.first().name_th)
    changed()
    with noted() as other_page:
        assert part(get()) == (2, "ใหม่")
    generation = OutboxEntry.objects.state().shown
    assert not page.still_holds(generation)
    assert other_page.still_holds(generation)


def test_a_page_is_not_made_anew_for_what_another_knew_when_it_made_a_part(hub, counted):
    """A card is rendered on the home page first: the list of the home page may change, and pages
    that show the card need not."""
    with noted():
        list(Topic.objects.all())
        kept(get(), "card", lambda: (counted(), Area.objects.count()))
    with noted() as page:
        assert kept(get(), "card", counted)[0] == 1
    changed()
    assert page.still_holds(OutboxEntry.objects.state().shown)
    assert kept(get(), "card", lambda: (counted(), None)) == (2, None)


def test_what_nobody_noted_holds_for_its_generation(counted):
    """A value may be made of what its caller had read, which nobody knows."""
    assert [kept(get(), "key", counted) for _ in range(3)] == [1, 1, 1]
    OutboxEntry.objects.create(kind="site")
    assert kept(get(), "key", counted) == 2


def test_what_was_asked_of_something_else_is_asked_again(counted):
    answers = ["one"]

    def part():
        return noted_kept(lambda: (counted(), ask(lambda: answers[-1])))

    assert part() == part() == (1, "one")
    OutboxEntry.objects.create(kind="site")
    assert part() == (1, "one")
    answers.append("two")
    OutboxEntry.objects.create(kind="site")
    assert part() == (2, "two")


def test_what_was_written_meanwhile_is_not_written_again(hub, counted):
    def make():
        Topic.objects.filter(slug="fishers").update(name_th="ใหม่")
        return counted()

    assert noted_kept(make) == 1
    OutboxEntry.objects.create(kind="site")
    assert noted_kept(make) == 2


@pytest.mark.postgresql
@pytest.mark.parametrize("take", [
    list, lambda rows: rows.first(), lambda rows: rows.count(), lambda rows: rows.exists(),
    lambda rows: next(rows.iterator(chunk_size=2)), lambda rows: list(rows.iterator(chunk_size=2)),
    lambda rows: rows.last(), lambda rows: rows.aggregate(Max("pk")), lambda rows: list(rows[1:3]),
])
def test_the_same_answer_holds_however_it_is_taken(hub, take):
    topics = Topic.objects.order_by("pk")
    with noted() as reads:
        take(topics.all())
    assert reads.still_holds("a generation")
    first, last = topics.first(), topics.last()
    Topic.objects.filter(pk__in=[first.pk, topics[1].pk, topics[2].pk, last.pk]).delete()
    assert reads.still_holds("another") is (take(topics.all()) is True)  # there still are some


def test_each_language_has_its_own(counted):
    with translation.override("th"):
        assert kept(get(), "key", counted) == 1
    with translation.override("en"):
        assert kept(get(), "key", counted) == 2


def test_a_request_that_writes_leaves_nothing(counted):
    """The transaction may be rolled back, and its numbers in the change log be given again."""
    with transaction.atomic():
        OutboxEntry.objects.create(kind="site")
        assert kept(get(method="POST"), "key", counted) == 1
        transaction.set_rollback(True)
    OutboxEntry.objects.create(kind="site")
    assert kept(get(), "key", counted) == 2


def test_it_is_forgotten_when_a_page_expires(hub, counted, monkeypatch):
    page = ModelPageFactory(parent=SectionPageFactory(parent=home("th")))
    page.expire_at = timezone.now() + timedelta(seconds=20)
    page.save()
    assert kept(get(), "key", counted) == 1
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(seconds=19))
    assert kept(get(), "key", counted) == 1
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(seconds=21))
    assert kept(get(), "key", counted) == 2


def test_and_after_a_minute_in_any_case(counted, monkeypatch):
    assert kept(get(), "key", counted) == 1
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(seconds=61))
    assert kept(get(), "key", counted) == 2


def test_what_was_asked_for_last_stays(counted, monkeypatch):
    monkeypatch.setattr(generation, "MOST_VALUES", 3)
    request = get()
    for key in "abac":  # beside "next expiry"
        kept(request, key, counted)
    before = counted()
    assert kept(request, "a", counted) == 1
    assert kept(request, "b", counted) == before + 1


# Parts of pages

PART = '{% load shared_tags %}{% shared "part" item.pk item=item %}{{ item.title }}' \
       "{{ page.title }}{{ request.user }}{% endshared %}"


def test_a_part_cannot_ask_who_reads(hub, rf):
    request = rf.get("/")
    request.user = "somebody"
    page = home("th")
    with pytest.raises(RuntimeError, match=r"request\.user"):
        Template(PART).render(Context({"request": request, "item": page}))


def test_a_part_is_rendered_once_and_knows_only_what_it_was_given(hub, rf):
    text = PART.replace("{{ request.user }}", "")
    page, other = home("th"), home("en")
    other.pages_above = []  # as a page that was found by its address
    page.title = "one"
    for _ in range(2):
        context = Context({"request": rf.get("/"), "item": page, "page": other})
        assert Template(text).render(context) == "one"
        page.title = "changed without a word to anybody"
        page = home("th")
        page.title = "another"
    assert Template(text).render(
        Context({"request": rf.get("/"), "item": other})) == other.title


def test_a_draft_is_shown_as_it_is(hub, rf):
    text = PART.replace("{{ request.user }}", "")
    page = home("th")
    page.title = "published"
    Template(text).render(Context({"request": rf.get("/"), "item": page}))
    page.title = "draft"
    request = rf.get("/")
    request.is_preview = True
    assert Template(text).render(Context({"request": request, "item": page})) == "draft"
    assert Template(text).render(Context({"item": page})) == "draft"
    shown_version = Context({"request": rf.get("/"), "item": page, "version_read": 2})
    assert Template(text).render(shown_version) == "draft"


def test_the_second_reader_of_a_page_costs_few_queries(hub, visitor, editor, signed_in):
    page = ModelPageFactory(parent=SectionPageFactory(parent=home("th")))
    first = visitor.get(page.url)
    with connection.execute_wrapper(_refuse_chain_links):
        second = signed_in(editor).get(page.url)
    assert first.status_code == second.status_code == 200


def _refuse_chain_links(execute, sql, params, many, context):
    assert "hub_chainlink" not in sql, "the chain was asked for again"
    return execute(sql, params, many, context)
