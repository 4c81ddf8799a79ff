"""The S3 server of a test run (bin/test_s3.sh); for each test an address of its own there."""

import os
import time
import uuid
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest

from hub.storage import s3
from hub.storage.address import S3Address, s3_address

PATIENCE = 120  # seconds without a new line in the log of a server that does not answer yet


def s3_url(name="") -> str:
    """An address that no other test uses; skips the test when this machine cannot have the server,
    and fails it when the server does not start."""
    url = os.environ.get("S3_URL")
    if not url:
        _without("no S3 server: run ./test, or TEST_S3=1 ./test FILE")
    if reason := _trouble(url):
        missing = Path(os.environ.get("S3_LOG", os.devnull)).with_suffix(".missing")
        if missing.exists():
            _without(missing.read_text().strip())
        pytest.fail(f"The S3 server {reason}", pytrace=False)
    address = s3_address(url)
    return url_of(replace(address, prefix=f"{uuid.uuid4().hex[:12]}/{name}".strip("/")))


def _without(reason):
    if os.environ.get("CI") == "true":
        pytest.fail(f"Under CI nothing may be skipped: {reason}", pytrace=False)
    pytest.skip(reason)


def url_of(address: S3Address) -> str:
    """The address as settings have it."""
    return (f"s3://{quote(address.key, safe='')}:{quote(address.secret, safe='')}@{address.host}/"
            f"{address.bucket}/{address.prefix}?tls={'yes' if address.tls else 'no'}")


@cache
def _trouble(url) -> str | None:
    """Waits until the server has a bucket for the tests, as long as its log grows."""
    address, log = s3_address(url), Path(os.environ.get("S3_LOG", os.devnull))
    process = os.environ.get("S3_PID", "")
    grown, size = time.monotonic(), 0
    client = s3.client(address)
    while True:
        with suppress(s3.StorageError), s3.errors_told(address):
            with suppress(client.exceptions.BucketAlreadyOwnedByYou,
                          client.exceptions.BucketAlreadyExists):
                client.create_bucket(Bucket=address.bucket)
            return None
        if process and not Path(f"/proc/{process}").exists():
            return f"ended before it answered: {_last_lines(log)}"
        if log.is_file() and log.stat().st_size != size:
            grown, size = time.monotonic(), log.stat().st_size
        if time.monotonic() > grown + PATIENCE:
            return f"did not answer, and said nothing for {PATIENCE} seconds: {_last_lines(log)}"
        time.sleep(0.5)


def _last_lines(log, number=20):
    lines = log.read_text("utf-8", "replace").splitlines() if log.is_file() else ["(no log)"]
    return "\n".join(lines[-number:])
