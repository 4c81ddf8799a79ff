"""The real search servers of a test run (bin/test_clusters.sh), an index of its own per test."""

import os
import time
import urllib.request
import uuid
from functools import cache
from pathlib import Path

import pytest

from search.engines.cluster.client import address_of, client_of

PRODUCTS = ("opensearch", "elasticsearch")
PATIENCE = 90  # seconds without a new line in the log of a server that does not answer yet


def cluster_url(product) -> str:
    """A SEARCH_URL that no other test uses; skips the test when this machine cannot have the
    server, and fails it when the server does not start."""
    url = os.environ.get(f"{product.upper()}_URL")
    if not url:
        _without(f"no {product} server: run ./test, or TEST_CLUSTERS=1 ./test FILE")
    log = Path(os.environ.get(f"{product.upper()}_LOG", os.devnull))
    if reason := _trouble(url, log, int(os.environ.get(f"{product.upper()}_PID", 0))):
        missing = log.with_suffix(".missing")
        if missing.exists():
            _without(missing.read_text())
        pytest.fail(f"{product} {reason}:\n{_last_lines(log)}", pytrace=False)
    return f"{url}-{uuid.uuid4().hex[:8]}"


def _without(reason):
    if os.environ.get("CI") == "true":
        pytest.fail(f"Under CI nothing may be skipped: {reason}", pytrace=False)
    pytest.skip(reason)


@cache
def _trouble(url, log, process) -> str | None:
    """Waits until the server answers a search of nothing, as long as its log grows."""
    address = f"http://{url.split('//')[1].split('/')[0]}/_search"
    grown, size = time.monotonic(), 0
    while True:
        try:
            urllib.request.urlopen(address, timeout=10).close()
            return None
        except OSError:
            time.sleep(0.5)
        if process and not Path(f"/proc/{process}").exists():
            return "ended before it answered"
        if log.is_file() and log.stat().st_size != size:
            grown, size = time.monotonic(), log.stat().st_size
        if time.monotonic() > grown + PATIENCE:
            return f"did not answer, and said nothing for {PATIENCE} seconds"


def _last_lines(log, number=20):
    if not log.is_file():
        return "(no log)"
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-number:])


def indexes(url) -> dict:
    """Name → mapping of the indexes under ``url``."""
    address = address_of(url)
    return client_of(address).request("GET", f"/{address.prefix}*/_mapping", seconds=10)


def forget(url) -> None:
    """Delete the indexes under ``url``."""
    for name in indexes(url):
        client_of(address_of(url)).request("DELETE", f"/{name}", seconds=10)
