"""Several processes write their download counts at the same time."""

import threading

import pytest
from django.db import connection, connections

from courses.downloads import counters
from courses.models import DownloadCount, Handout
from tests.factories import CurriculumPageFactory, document


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_concurrent_writes_lose_no_counts(hub):
    """SQLite serialises writing transactions, so that only PostgreSQL needs threads."""
    page, file = CurriculumPageFactory(), document("ใบงาน", "ใบงาน.txt")
    Handout.objects.create(page=page, document=file)
    sheet = counters.Download(document_id=file.pk)
    pack = counters.Download(page_id=page.pk, kind="pack")
    processes = [counters.DownloadCounts() for _one in range(6)]
    for waiting in processes:
        waiting.increment((sheet, ""), (pack, ""))
    if connection.vendor == "postgresql":
        start = threading.Barrier(len(processes))

        def write(waiting):
            start.wait()
            waiting.write()
            connections.close_all()

        threads = [threading.Thread(target=write, args=[one]) for one in processes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    else:
        for waiting in processes:
            waiting.write()
    assert sorted(DownloadCount.objects.values_list("kind", "count")) == [
        ("handout", 6), ("pack", 6)]
