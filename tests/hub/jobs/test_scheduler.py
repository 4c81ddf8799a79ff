"""Jobs run at their interval, by day only where marked, and independently of each other."""

import threading
from datetime import datetime

import pytest
from django.utils import timezone
from wagtail import hooks

from hub.jobs import scheduler


@pytest.fixture
def run_at(monkeypatch):
    """Calls ``run_due`` at a time in seconds and an hour of the day; returns its errors."""
    monkeypatch.setitem(hooks._hooks, "register_job", [])
    running = scheduler.Scheduler()

    def run(seconds, hour=12, once=False):
        monkeypatch.setattr(scheduler.time, "monotonic", lambda: seconds)
        monkeypatch.setattr(timezone, "localtime", lambda: datetime(2026, 4, 1, hour))
        return running.run_due(once=once)

    return run


def every(*args, **options):
    hooks.register("register_job", scheduler.every(*args, **options))


def test_a_job_runs_at_once_and_then_at_its_interval(run_at):
    done = []
    every(scheduler.AN_HOUR, lambda: done.append("hourly"))
    every(0, lambda: done.append("each"))
    run_at(5)  # soon after the machine started
    assert done == ["hourly", "each"]
    run_at(3604)
    assert done == ["hourly", "each", "each"]
    run_at(3605)
    assert done[3:] == ["hourly", "each"]


def test_jobs_marked_by_day_wait_for_the_morning(run_at):
    done = []
    every(scheduler.TEN_MINUTES, lambda: done.append(1), by_day=True)
    for hour in (6, 20, 23):
        run_at(hour * 3600, hour)
        assert not done
    run_at(30 * 3600 + 1, 7)
    assert done == [1], "waiting jobs run in the morning"
    run_at(43 * 3600, 19)
    assert done == [1, 1]


def test_a_single_run_calls_every_job_at_any_hour(run_at):
    done = []
    every(scheduler.A_DAY, lambda: done.append(1), by_day=True)
    run_at(1, 3, once=True)
    run_at(2, 3, once=True)
    assert done == [1, 1]


def test_a_failing_job_stops_no_other_and_runs_again_at_its_interval(run_at):
    done, failed = [], []

    def fails():
        failed.append(1)
        raise ValueError

    every(60, fails)
    every(60, lambda: done.append(1))
    assert len(run_at(0)) == 1
    assert run_at(59) == []
    assert len(run_at(60)) == 1
    assert (len(failed), len(done)) == (2, 2)


def test_a_job_in_a_thread_delays_nothing_and_never_overlaps_itself(run_at, caplog):
    started, may_end = threading.Semaphore(0), threading.Event()

    def slow():
        started.release()
        may_end.wait(10)
        raise ValueError("is logged")

    every(0, slow, in_thread=True)
    run_at(0)
    assert started.acquire(timeout=10)
    run_at(1)
    assert not started.acquire(timeout=0.2), "the first call is still running"
    may_end.set()
    for seconds in range(2, 200):
        run_at(seconds)
        if started.acquire(timeout=0.05):
            break
    else:
        pytest.fail("The job did not run again.")
    assert "slow failed" in caplog.text


def test_a_single_run_waits_for_jobs_in_threads(run_at):
    done = []
    every(0, lambda: done.append(threading.current_thread()), in_thread=True)
    run_at(0, once=True)
    assert done == [threading.current_thread()]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_continuous_job_goes_on_by_itself_whatever_fails(run_at, monkeypatch):
    done, seen, enough = [], threading.Event(), threading.Event()
    monkeypatch.setattr(scheduler.time, "sleep", lambda seconds: enough.is_set() and end())

    def end():
        raise SystemExit  # ends the thread alone

    def work():
        done.append(threading.current_thread())
        if len(done) >= 3:
            seen.set()
            enough.wait(30)
        raise ValueError

    every(2, work, continuous=True)
    run_at(0)
    assert seen.wait(30), "it goes on without another look"
    run_at(60)
    enough.set()
    done[0].join(30)
    assert len(set(done)) == 1, "one thread, one at a time"
    assert threading.current_thread() not in done
    run_at(61, once=True)
    assert done[-1] is threading.current_thread()
