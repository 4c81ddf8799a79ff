"""Of the revisions of a page stay those that something needs and those that are young."""

import os
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from wagtail.models import (
    Comment,
    Page,
    PageLogEntry,
    Revision,
    Task,
    TaskState,
    Workflow,
    WorkflowState,
)

from hub.hooks import registered
from hub.models import Clock, Organisation, PublishedVersion
from hub.versions import pruning
from models_lib.models.peer_review import PeerReview
from tests.factories import LessonPageFactory, ModelPageFactory, organisation

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
SEED = int(os.environ.get("PRUNING_SEED", "1"))
NOW = datetime(2026, 12, 1, 5, tzinfo=UTC)  # noon in Bangkok


def ago(**units):
    return timezone.now() - timedelta(**units)


def revision(of, created_at, **fields):
    made = Revision.objects.create(
        content_object=of, object_str=str(of), created_at=created_at,
        base_content_type=of.get_base_content_type() if isinstance(of, Page)
        else ContentType.objects.get_for_model(of),
        content=of.serializable_data() if isinstance(of, Page) else {"pk": of.pk}, **fields)
    if isinstance(of, Page):
        newest = of.revisions.order_by("created_at", "pk").last()
        Page.objects.filter(pk=of.pk).update(latest_revision=newest)
        PageLogEntry.objects.create(
            content_type=of.cached_content_type, label=of.title, action="wagtail.edit",
            timestamp=created_at, page_id=of.pk, revision=made, content_changed=True)
    return made


def of(thing):
    return Revision.objects.for_instance(thing).order_by("created_at", "pk")


@pytest.fixture
def page(hub):
    """A published lesson without revisions."""
    made = LessonPageFactory()
    Page.objects.filter(pk=made.pk).update(latest_revision=None, live_revision=None)
    made.revisions.all().delete()
    return made


# The rule


@pytest.mark.parametrize(("hours", "kept"), [
    ([], []),
    ([5000], [5000]),
    ([5000, 4000, 3000], [3000]),
    ([1, 2, 3, 100], [1, 2, 3, 100]),
    ([1, 200, 201, 202, 230], [1, 200, 230]),  # 200 to 202 hours ago are one day in Bangkok
    ([1, 24 * 89, 24 * 91], [1, 24 * 89]),
    ([-50, 1, 200, 201], [-50, 1, 200]),  # written while the clock was wrong
])
def test_a_week_is_kept_then_the_last_of_each_day_then_only_the_newest(hours, kept):
    created = {hour: NOW - timedelta(hours=hour) for hour in hours}
    assert created.keys() - pruning.superfluous(created, NOW, 90) == {*kept}


def test_days_are_those_of_the_hub_not_of_greenwich():
    evening, night = (datetime(2026, 11, 10, hour, tzinfo=UTC) for hour in (16, 18))
    created = {1: evening, 2: night, 3: NOW}  # 23 o'clock and one o'clock of the next day
    assert pruning.superfluous(created, NOW, 90) == set()


def test_fewer_days_than_a_week_are_what_was_asked_for():
    created = {day: NOW - timedelta(days=day) for day in range(9)}
    assert pruning.superfluous(created, NOW, 3) == {3, 4, 5, 6, 7, 8}


# What needs a revision


def in_workflow(found, page, status):
    workflow, task = Workflow.objects.create(name="w"), Task.objects.create(name="t")
    state = WorkflowState.objects.create(
        base_content_type=page.get_base_content_type(), content_type=page.cached_content_type,
        object_id=str(page.pk), workflow=workflow, status=status)
    TaskState.objects.create(workflow_state=state, revision=found, task=task, status=status)


def as_version(found, page):
    last = page.published_versions.first()
    PublishedVersion.objects.create(
        page=page.knowledgepage_ptr, number=last.number + 1 if last else 1, revision=found,
        published_at=found.created_at, digest=str(found.pk))


USES = {
    "a published version": as_version,
    "what is live": lambda found, page:
        Page.objects.filter(pk=page.pk).update(live_revision=found),
    "a schedule": lambda found, page:
        Revision.objects.filter(pk=found.pk).update(approved_go_live_at=ago(days=-3)),
    "a workflow": lambda found, page: in_workflow(found, page, "in_progress"),
    "a workflow that ended": lambda found, page: in_workflow(found, page, "approved"),
    "a peer review": lambda found, page:
        PeerReview.objects.create(page=page, revision=found, version="1"),
}
ONCE = {"what is live", "a workflow"}  # a page has one of each at most


@pytest.mark.parametrize("use", USES)
def test_what_is_needed_stays_however_old(hub, use):
    page = ModelPageFactory()
    old, older = revision(page, ago(days=900)), revision(page, ago(days=901))
    USES[use](old, page)
    assert pruning.prune() == 1
    assert of(page).filter(pk=old.pk).exists() and not of(page).filter(pk=older.pk).exists()


def test_everything_that_can_refer_to_a_revision_is_asked():
    found = {field.model._meta.label for field in pruning._pointers()}
    assert {"hub.PublishedVersion", "wagtailcore.Page", "wagtailcore.TaskState",
            "wagtailcore.Comment", "wagtailcore.PageLogEntry", "models_lib.PeerReview"} <= found
    handed_on = {field.model._meta.label for field in pruning._pointers()
                 if pruning._is_of_the_history(field)}
    assert handed_on == {"wagtailcore.PageLogEntry", "wagtailcore.ModelLogEntry"}


@pytest.mark.parametrize("number", range(4))
def test_random_histories(hub, number, monkeypatch):
    """Compares with the rule told the other way round, for several objects with what needs them."""
    random = Random(f"{SEED} {number}")
    monkeypatch.setattr(pruning, "AT_A_TIME", random.choice([1, 3, 100]))
    things = [ModelPageFactory(), ModelPageFactory(), LessonPageFactory(),
              organisation("กลุ่มประมงพื้นบ้าน")]
    needed, comments = set(of_pages().values_list("pk", flat=True)), []
    for thing in things:
        for _ in range(random.randint(0, 14)):
            days = random.choice([3, 12, 60, 85, 400])
            found = revision(thing, ago(days=random.random() * days))
            if isinstance(thing, Organisation):
                continue
            if random.random() < 0.4:
                names = [*USES] if hasattr(thing, "peer_reviews") else [*USES][:-1]
                use = random.choice([name for name in names if name not in ONCE])
                USES[use](found, thing)
                needed.add(found.pk)
            if random.random() < 0.3:
                comments.append(Comment.objects.create(
                    page_id=thing.pk, user=commenter(), text="?", contentpath="title",
                    revision_created=found))
    before = defaultdict(list)
    for found in Revision.objects.order_by("created_at", "pk"):
        before[found.base_content_type_id, found.object_id].append(found)
    expected = set(needed)
    for revisions in before.values():
        expected.add(revisions[-1].pk)
        for found, later in zip(revisions, [*revisions[1:], None], strict=True):
            age = timezone.now() - found.created_at
            last_of_day = later is None or (
                timezone.localtime(later.created_at).date()
                != timezone.localtime(found.created_at).date())
            if age < timedelta(days=7) or (age < timedelta(days=90) and last_of_day):
                expected.add(found.pk)
    states, entries = TaskState.objects.count(), PageLogEntry.objects.count()
    count = Revision.objects.count()
    assert pruning.prune() == count - len(expected)
    assert {*Revision.objects.values_list("pk", flat=True)} == expected
    assert (TaskState.objects.count(), PageLogEntry.objects.count()) == (states, entries)
    assert not PageLogEntry.objects.exclude(revision=None).exclude(revision__in=expected).exists()
    for comment in comments:
        began = comment.revision_created
        comment.refresh_from_db()
        assert comment.revision_created.object_id == str(comment.page_id)
        assert comment.revision_created.created_at >= began.created_at
    assert pruning.prune() == 0


def of_pages():
    return Revision.objects.filter(pk__in=[
        pk for pair in Page.objects.values_list("live_revision", "latest_revision") for pk in pair
        if pk])


def commenter():
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get_or_create(username="commenter")[0]


# What becomes of the rest


def test_the_editor_shows_the_history_without_links_to_what_is_gone(
    page, administrator, signed_in
):
    gone = [revision(page, ago(days=days)) for days in (300, 299)]
    kept = [revision(page, ago(days=days)) for days in (20, 1)]
    assert pruning.prune() == 2
    client = signed_in(administrator)
    history = client.get(f"/admin/pages/{page.pk}/history/")
    assert history.status_code == 200
    shown = history.content.decode()
    assert PageLogEntry.objects.filter(page=page.pk, content_changed=True).count() >= 4
    for found in gone:
        assert f"/revisions/{found.pk}/" not in shown
    assert f"/revisions/{kept[0].pk}/revert/" in shown
    for address in ("edit/", f"revisions/compare/{kept[0].pk}...{kept[1].pk}/",
                    "revisions/compare/earliest...latest/", f"revisions/{kept[0].pk}/view/"):
        assert client.get(f"/admin/pages/{page.pk}/{address}").status_code == 200, address


def test_published_versions_stay_readable(hub, visitor):
    page = ModelPageFactory(problem="ลมแรง")
    page.problem = "คลื่นแรง"
    page.save_revision().publish()
    page.revisions.update(created_at=ago(days=1000))
    newest = page.save_revision()
    newest.publish()
    assert pruning.prune() == 0 and page.published_versions.count() == 2
    for number, word in ((1, "ลมแรง"), (2, "คลื่นแรง")):
        answer = visitor.get(f"{page.url}v/{number}/")
        assert answer.status_code == 200 and word in answer.content.decode()


def test_zero_days_keep_everything_and_a_clock_that_jumped_too(page, settings):
    for days in (400, 399, 1):
        revision(page, ago(days=days))
    settings.REVISION_DAYS = 0
    assert pruning.prune() == 0 and page.revisions.count() == 3
    settings.REVISION_DAYS = 90
    Clock.look()
    Clock.objects.update(jumped_at=timezone.now(), jumped_from=ago(days=200))
    assert pruning.prune() == 0 and page.revisions.count() == 3
    Clock.confirm()
    assert pruning.prune() == 2 and page.revisions.count() == 1


def test_what_is_needed_since_it_was_looked_up_stays(page):
    old, older = revision(page, ago(days=400)), revision(page, ago(days=500))
    revision(page, ago(days=1))
    USES["a workflow"](old, page)
    assert pruning._delete([old.pk, older.pk]) == 1
    assert page.revisions.filter(pk=old.pk).exists()


def test_the_database_itself_would_refuse_what_is_needed(page):
    """What the job asks for is no more than what foreign keys hold."""
    old = revision(page, ago(days=400))
    USES["a workflow"](old, page)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=old.pk)._raw_delete(using="default")
        connection.check_constraints()


def test_the_schedule_does_it():
    functions = {hook().function for hook in registered("register_job")}
    assert pruning.prune in functions and pruning.prune.deletes_by_age
