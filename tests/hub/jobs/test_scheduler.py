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


def test_a_job_runs_at_once_and_then_at_its_interval(at):
    done = []
    every(scheduler.AN_HOUR, lambda: done.append("hourly"))
    every(0, lambda: done.append("each"))
    at(5)  # a machine that has just started
    assert done == ["hourly", "each"]
    at(3604)
    assert done == ["hourly", "each", "each"]
    at(3605)
    assert done[3:] == ["hourly", "each"]


def test_jobs_marked_by_day_wait_for_the_morning(at):
    done = []
    every(scheduler.TEN_MINUTES, lambda: done.append(1), by_day=True)
    for hour in (6, 20, 23):
        at(hour * 3600, hour)
        assert not done
    at(30 * 3600 + 1, 7)
    assert done == [1], "what waited for the day is done at its beginning"
    at(43 * 3600, 19)
    assert done == [1, 1]


def test_a_single_run_calls_every_job_at_any_hour(at):
    done = []
    every(scheduler.A_DAY, lambda: done.append(1), by_day=True)
    at(1, 3, once=True)
    at(2, 3, once=True)
    assert done == [1, 1]


def test_a_failing_job_stops_no_other_and_runs_again_at_its_interval(at):
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


def test_a_job_in_a_thread_delays_nothing_and_never_overlaps_itself(at, caplog):
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


def test_a_single_run_waits_for_jobs_in_threads(at):
    done = []
    every(0, lambda: done.append(threading.current_thread()), in_thread=True)
    at(0, once=True)
    assert done == [threading.current_thread()]
