"""Tries at the same moment, in several processes, are counted one by one."""

import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections

from members.sign_in.throttle import Throttled, guarded


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
@pytest.mark.parametrize("right", [False, True])
def test_no_more_are_checked_than_may_be(hub, right):
    """SQLite lets one transaction write at a time, so that only PostgreSQL needs threads."""
    user = get_user_model().objects.create_user("somsri", password="secret")
    threads, checked, refused, failed = 9, [], [], []
    start = threading.Barrier(threads if connection.vendor == "postgresql" else 1)

    def attempt():
        try:
            start.wait(60)
            guarded(None, "password", "somsri", user, lambda: checked.append(1) or right)
        except Throttled:
            refused.append(1)
        except Exception as error:
            failed.append(error)
        finally:
            if threading.current_thread() is not threading.main_thread():
                connections.close_all()

    if connection.vendor == "postgresql":
        running = [threading.Thread(target=attempt) for _each in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
    else:
        for _each in range(threads):
            attempt()
    assert not failed
    assert (len(checked), len(refused)) == ((9, 0) if right else (5, 4))
