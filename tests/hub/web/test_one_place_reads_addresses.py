"""The visitor's address: counted from the right by the number of proxies, and read in one place."""

import re
import subprocess
from pathlib import Path

import pytest
from allauth.account.adapter import get_adapter
from django.conf import settings as django_settings

from hub.web.client_address import address_of, network_of

ROOT = Path(__file__).resolve().parents[3]
READS_ADDRESSES = re.compile(
    r"REMOTE_ADDR|FORWARDED_FOR|x-forwarded-for|HTTP_X_REAL_IP|HTTP_FORWARDED\b|get_client_ip\(|"
    r"TRUSTED_PROXY_COUNT|ipware|axes", re.IGNORECASE)
THE_PLACE = "hub/web/client_address.py"


@pytest.mark.parametrize(("proxies", "sent", "network"), [
    (0, "203.0.113.9", "192.0.2.1"),  # what visitors send counts for nothing
    (1, "203.0.113.9", "203.0.113.9"),
    (1, "10.0.0.1, 203.0.113.9", "203.0.113.9"),
    (1, "10.0.0.1,203.0.113.9:4711", "203.0.113.9"),
    (2, "10.0.0.1, 203.0.113.9, 198.51.100.2", "203.0.113.9"),
    (2, "203.0.113.9", "203.0.113.9"),  # it passed the inner proxy only
    (1, "::ffff:203.0.113.9", "203.0.113.9"),
    (1, "2001:db8:1:2:3::9", "2001:db8:1:2::/64"),
    (1, "[2001:db8:1:2:3::9]:4711", "2001:db8:1:2::/64"),
    (1, "fe80::1%eth0", "fe80::/64"),
    (1, "", "192.0.2.1"), (1, "unknown", "192.0.2.1"), (1, "<script>", "192.0.2.1"),
    (1, ", ,", "192.0.2.1"), (3, "a, b", "192.0.2.1"),
])
def test_the_address_is_counted_from_the_right(rf, settings, proxies, sent, network):
    settings.PROXY_COUNT = proxies
    request = rf.get("/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": sent})
    assert network_of(request) == network
    assert get_adapter(request).get_client_ip(request) == network, "allauth's limits too"


def test_without_an_address_there_is_none(rf):
    request = rf.get("/", REMOTE_ADDR="")
    assert address_of(request) is None and network_of(request) == ""


def test_nothing_else_reads_addresses():
    """In the code of the whole tree: what wants an address asks the one place."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.py", "*.html",
         "*.txt"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    found = {
        name for name in names
        if name and not name.startswith(("tests/", "bench/", "requirements"))
        and (ROOT / name).exists() and READS_ADDRESSES.search((ROOT / name).read_text("utf-8"))
    }
    assert THE_PLACE in found, "the search finds something"
    assert found == {THE_PLACE, "members/adapter.py"}, "the adapter is how allauth asks the place"


def test_a_proxy_that_is_not_counted_is_warned_of(settings):
    from hub.checks import proxies_are_counted

    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert [warning.id for warning in proxies_are_counted(None)] == ["hub.W001"]
    settings.PROXY_COUNT = 1
    assert proxies_are_counted(None) == []


def test_no_installed_app_brings_a_reader_of_its_own():
    assert not {"axes", "ipware"} & set(django_settings.INSTALLED_APPS)
    assert not hasattr(django_settings, "ALLAUTH_TRUSTED_CLIENT_IP_HEADER")
