"""What is done by the clock is done so often, by day where it is a email, and each for itself."""

import threading
from datetime import datetime

import pytest
from django.utils import timezone
from wagtail import hooks

from hub.jobs import scheduler


@pytest.fixture
def at(monkeypatch):
    """Runs what is due at so many seconds, and at an hour of the day; returns the errors."""
    monkeypatch.setitem(hooks._hooks, "register_job", [])
    running = scheduler.Scheduler()

    def run(seconds, hour=12, once=False):
        monkeypatch.setattr(scheduler.time, "monotonic", lambda: seconds)
        monkeypatch.setattr(timezone, "localtime", lambda: datetime(2026, 4, 1, hour))
        return running.run_due(once=once)

    return run


def every(*args, **options):
    hooks.register("register_job", scheduler.every(*args, **options))


def test_it_is_done_at_the_first_look_and_then_so_often(at):
    done = []
    every(scheduler.AN_HOUR, lambda: done.append("hourly"))
    every(0, lambda: done.append("each"))
    at(5)  # a machine that has just started
    assert done == ["hourly", "each"]
    at(3604)
    assert done == ["hourly", "each", "each"]
    at(3605)
    assert done[3:] == ["hourly", "each"]


def test_letters_come_by_day(at):
    done = []
    every(scheduler.TEN_MINUTES, lambda: done.append(1), by_day=True)
    for hour in (6, 20, 23):
        at(hour * 3600, hour)
        assert not done
    at(30 * 3600 + 1, 7)
    assert done == [1], "what waited for the day is done at its beginning"
    at(43 * 3600, 19)
    assert done == [1, 1]


def test_the_only_look_does_all_at_any_hour(at):
    done = []
    every(scheduler.A_DAY, lambda: done.append(1), by_day=True)
    at(1, 3, once=True)
    at(2, 3, once=True)
    assert done == [1, 1]


def test_what_fails_stops_nothing_else_and_is_done_again_in_its_time(at):
    done, failed = [], []

    def fails():
        failed.append(1)
        raise ValueError

    every(60, fails)
    every(60, lambda: done.append(1))
    assert len(at(0)) == 1
    assert at(59) == []
    assert len(at(60)) == 1
    assert (len(failed), len(done)) == (2, 2)


def test_what_is_done_beside_holds_up_nothing_and_is_one_at_a_time(at, caplog):
    begun, may_end = threading.Semaphore(0), threading.Event()

    def slow():
        begun.release()
        may_end.wait(10)
        raise ValueError("is logged")

    every(0, slow, in_thread=True)
    at(0)
    assert begun.acquire(timeout=10)
    at(1)
    assert not begun.acquire(timeout=0.2), "the first is still at it"
    may_end.set()
    for seconds in range(2, 200):
        at(seconds)
        if begun.acquire(timeout=0.05):
            break
    else:
        pytest.fail("It was not done again.")
    assert "slow failed" in caplog.text


def test_the_only_look_waits_for_what_is_done_beside(at):
    done = []
    every(0, lambda: done.append(threading.current_thread()), in_thread=True)
    at(0, once=True)
    assert done == [threading.current_thread()]
