"""Every request counts the change log, so processed entries are deleted and no others."""

import pytest

from hub.models import OutboxEntry
from hub.models.outbox_entry import KEPT, MOST

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture(autouse=True)
def empty_log(hub):
    OutboxEntry.objects.all().delete()


def entries_of(number):
    return OutboxEntry.objects.bulk_create(
        OutboxEntry(kind=OutboxEntry.Kind.SITE) for _n in range(number)
    )


def test_processed_entries_are_deleted_but_the_last():
    entries = entries_of(MOST + 1)
    OutboxEntry.objects.mark_processed(entry.pk for entry in entries)
    assert OutboxEntry.objects.count() == KEPT
    assert OutboxEntry.objects.filter(pk=entries[-1].pk).exists()
    assert OutboxEntry.objects.state().pending == 0


def test_the_log_is_shortened_seldom_so_cached_pages_hold():
    shortened = 0
    for _publication in range(KEPT):
        entry = OutboxEntry.objects.create(kind=OutboxEntry.Kind.SITE)
        before = OutboxEntry.objects.state()
        OutboxEntry.objects.mark_processed([entry.pk])
        shortened += OutboxEntry.objects.state().shown != before.shown
    assert shortened <= 1


def test_a_text_that_was_read_changes_what_is_found_and_no_page():
    before = OutboxEntry.objects.state()
    OutboxEntry.objects.create(kind=OutboxEntry.Kind.TEXT, object_id=1)
    after = OutboxEntry.objects.state()
    assert after.shown == before.shown and after.indexed != before.indexed
    assert after.pending == before.pending + 1


def test_an_unprocessed_entry_is_kept_however_old():
    waiting, *others = entries_of(MOST + 1)
    OutboxEntry.objects.mark_processed(entry.pk for entry in others)
    assert list(OutboxEntry.objects.unprocessed()) == [waiting]


def test_gaps_in_the_numbers_delete_nothing():
    """PostgreSQL gives no number twice, also where the transaction that had it was rolled back."""
    first, second = entries_of(2)
    third = OutboxEntry.objects.create(kind=OutboxEntry.Kind.SITE, pk=second.pk + KEPT * 2)
    before = OutboxEntry.objects.state()
    OutboxEntry.objects.mark_processed([first.pk, second.pk, third.pk])
    assert OutboxEntry.objects.count() == 3
    assert OutboxEntry.objects.state() == before._replace(pending=0), "cached pages hold"


def test_an_entry_that_is_committed_late_is_noticed_although_an_old_one_was_deleted():
    oldest, late, *others = entries_of(MOST + 2)
    late.delete()  # the others see it when its transaction commits
    before = OutboxEntry.objects.state()
    OutboxEntry.objects.mark_processed(entry.pk for entry in (oldest, *others))
    assert not OutboxEntry.objects.filter(pk=oldest.pk).exists()
    OutboxEntry.objects.create(kind=OutboxEntry.Kind.SITE, pk=others[0].pk - 1)
    assert OutboxEntry.objects.state().shown != before.shown


def test_any_number_of_entries_is_marked_at_once():
    OutboxEntry.objects.mark_processed(entry.pk for entry in entries_of(40_000))
    assert OutboxEntry.objects.state().pending == 0
