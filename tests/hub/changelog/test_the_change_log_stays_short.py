"""The log is counted by every request, so what was taken in is forgotten, and nothing else."""

import pytest

from hub.models import OutboxEntry
from hub.models.outbox_entry import KEPT

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture(autouse=True)
def empty_log(hub):
    OutboxEntry.objects.all().delete()


def rows(number):
    return OutboxEntry.objects.bulk_create(
        OutboxEntry(kind=OutboxEntry.Kind.SITE) for _row in range(number)
    )


def test_processed_entries_are_deleted_but_the_last():
    made = rows(KEPT * 2)
    OutboxEntry.objects.mark_processed(row.pk for row in made)
    assert OutboxEntry.objects.count() <= KEPT
    assert OutboxEntry.objects.filter(pk=made[-1].pk).exists()
    assert OutboxEntry.objects.state()[1] == 0


def test_an_unprocessed_entry_is_kept_however_old():
    waiting, *others = rows(KEPT * 2)
    OutboxEntry.objects.mark_processed(row.pk for row in others)
    assert list(OutboxEntry.objects.unprocessed()) == [waiting]


def test_any_number_of_entries_is_marked_at_once():
    OutboxEntry.objects.mark_processed(row.pk for row in rows(40_000))
    assert OutboxEntry.objects.state()[1] == 0
