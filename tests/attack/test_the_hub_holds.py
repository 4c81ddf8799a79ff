"""A served hub, alone and behind nginx, goes on answering under everything in ``attacks``."""

import os
import threading
from collections import Counter
from dataclasses import replace
from itertools import islice

import pytest

from tests.attack import served
from tests.attack.attacks import ATTACKS, HELD, TOLD

pytestmark = pytest.mark.processes
DELIBERATE = {503}


def run(target) -> dict[str, Counter]:
    """What each attack got; ``probes`` are the answers of /livez and of a page meanwhile."""
    counts = {name: Counter() for name in [*ATTACKS, "probes"]}
    over = threading.Event()

    def probe():
        while not over.wait(0.3):
            try:
                counts["probes"][target.ask(path="/livez")[0]] += 1
            except OSError as error:
                counts["probes"][repr(error)] += 1

    prober = threading.Thread(target=probe)
    prober.start()
    try:
        waiting = []
        for name, attack in ATTACKS.items():
            running = attack(target)
            for answer in running:
                if answer == HELD:
                    waiting.append((name, running))
                    break
                counts[name][answer] += 1
        # Everything is held now: pages are still made and forms are still taken.
        counts["probes"].update(target.ask(path=path)[0] for path in ("/", "/en/search/?q=x"))
        for name, running in waiting:
            counts[name].update(islice(running, 1000))
    finally:
        over.set()
        prober.join()
    return counts


def told(counts) -> str:
    """A line for each attack."""
    return "\n".join(
        f"{name:<24}" + "  ".join(f"{answer}: {n}" for answer, n in sorted(
            answers.items(), key=lambda pair: str(pair[0])))
        for name, answers in counts.items()
    )


def check(target, counts):
    print(f"\n{told(counts)}")
    errors = {
        name: answers for name, answers in counts.items()
        if any(isinstance(a, int) and a >= 500 and a not in DELIBERATE for a in answers)
    }
    assert errors == {}
    told_to = {name for name, answers in counts.items() if answers[TOLD]}
    assert told_to == {"its_own_organisation"}
    assert counts["its_own_organisation"][TOLD] > 10
    assert set(counts["probes"]) == {200}, counts["probes"]
    assert counts["probes"][200] > 3
    for path in ("/", "/en/", "/livez", "/readyz"):
        assert target.ask(path=path)[0] == 200, path
    status, _headers, _body = target.ask(
        "POST", "/accounts/login/", "login=a&password=b",
        {"Content-Type": "application/x-www-form-urlencoded"})
    assert status == 403, "the form is refused for its missing token, and nothing is locked"
    log = (target.logs / "gunicorn.log").read_text()
    assert "Traceback" not in log and "WORKER TIMEOUT" not in log, log[-3000:]


@pytest.fixture(scope="module")
def hub(tmp_path_factory, pytestconfig):
    with served.served_hub(tmp_path_factory.mktemp("attacked")) as target:
        yield replace(target, is_thorough=pytestconfig.getoption("thorough"))


def test_alone(hub):
    check(hub, run(hub))


@pytest.fixture(scope="module")
def proxied(hub):
    if not served.NGINX:
        if os.environ.get("CI") == "true":
            pytest.fail("There is no nginx on this machine, and under CI none may be missing.")
        pytest.skip("nginx is not on this machine.")
    with served.behind_nginx(hub) as target:
        yield target


@pytest.mark.thorough
def test_behind_nginx(proxied):
    check(proxied, run(proxied))


def test_what_nginx_refuses_is_told_in_both_languages(proxied):
    status, headers, body = proxied.ask(
        "POST", "/accounts/login/", b"", {"Content-Length": str(200 * 2**20)})
    assert status == 413
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "ไฟล์ใหญ่เกินไป" in body.decode() and "too large" in body.decode()


def test_nginx_adds_no_header_to_the_pages_of_the_hub(hub, proxied):
    for name in ("Content-Security-Policy", "X-Content-Type-Options"):
        alone, behind = (target.ask(path="/en/search/")[1] for target in (hub, proxied))
        assert len(behind.get_all(name)) == len(alone.get_all(name)) == 1, name
