"""No address answers with a server error, whatever stands in it or is sent to it.

The addresses are those of the URL resolver and of the routes of each page type, the editor's
included; names of parameters come from the code.
"""

import sys
from datetime import time

import pytest
from django.contrib.auth.models import Group
from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client
from django.utils import timezone

from courses.models import CourseRun, Handout, Meeting
from tests.conftest import make_user, matrix
from tests.factories import FACTORIES, SectionPageFactory, document
from tests.hub.web.addresses import every_address, names_read

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

DELIBERATE = {"/admin/failwhale/"}  # Wagtail's own trial of the page for server errors
ROLES = ("visitor", "member", "editor", "superuser")
NUMBERS = ["9" * 19, "9" * 23, "0", "2147483648", str(2**63 - 1), "9" * 5000]
TEXTS = ["%00", "9" * 23, "%ED%A0%80", "'%22<x>", "ก" * 300, "-1", "%F0%9F%A6%80", "a..b%0d%0a"]
UUIDS = ["00000000-0000-4000-8000-000000000000"]
IN_QUERIES = ["9" * 19, "%00", "x", "9" * 5000, "-1", "%ED%A0%80", "", "1.5", "[]"]
# A lone surrogate comes as bytes that are no UTF-8, or as an escape in JSON.
IN_FORMS = [
    "9" * 19, "x", "a\0b", "", "-1", "9" * 5000, b"\xed\xa0\x80", "[1", '["\\ud800"]',
]


@pytest.fixture(scope="module")
def people(world):
    user = make_user("superuser", is_superuser=True, is_staff=True)
    make_user("member")
    make_user("editor", "Editors", "Moderators")
    return {
        "superuser": user,
        **{name: type(user).objects.get(username=name) for name in ("member", "editor")},
    }


@pytest.fixture(scope="module")
def pages(world, people):
    """A page of every type, and something behind the other addresses."""
    pages = [world, SectionPageFactory(), *(factory() for factory in FACTORIES.values())]
    course = next(page for page in pages if hasattr(page, "handouts"))
    Handout.objects.create(page=course, document=document("ใบงาน"))
    course.save_revision(user=people["superuser"]).publish()
    run = CourseRun.objects.create(curriculum=course, title="รุ่น", place="ศาลา", seats=2)
    Meeting.objects.create(run=run, date=timezone.localdate(), starts_at=time(9), ends_at=time(15))
    Group.objects.get_or_create(name="Editors")
    return [page.specific for page in pages]


@pytest.fixture(scope="module")
def addresses(pages):
    return every_address(pages)


@pytest.fixture(scope="module")
def keys(pages):
    """Keys of things that exist, by the names of parameters."""
    page = next(page for page in pages if hasattr(page, "event"))
    found = dict.fromkeys(
        ("page_id", "page_pk", "page_to_move_id", "parent_page_id"), page.pk)
    return found | {"parent_page_id": page.get_parent().pk, "revision_id": page.latest_revision_id,
                    "destination_id": page.get_parent().pk}


class Trial:
    """Sends requests, undoes what they write, and keeps those that ended in a server error."""

    def __init__(self, client):
        self.client, self.cookies = client, dict(client.cookies)
        client.raise_request_exception = False
        self.failed, self.sent, self.error = [], 0, None
        got_request_exception.connect(self.note)

    def note(self, **_kwargs):
        self.error = repr(sys.exc_info()[1])[:150]

    def send(self, address, method="get", data=None, shown=""):
        self.error = None
        for name, value in self.cookies.items():
            self.client.cookies[name] = value.value  # signed out by an earlier one
        with transaction.atomic():
            answer = getattr(self.client, method)(address, data or {})
            transaction.set_rollback(True)
        self.sent += 1
        if answer.status_code >= 500 and address.partition("?")[0] not in DELIBERATE:
            self.failed.append((method, shown or address[:120], answer.status_code, self.error))
        answer.close()
        return answer


@pytest.fixture
def trial(people, signed_in):
    def of(role):
        return Trial(Client() if role == "visitor" else signed_in(people[role]))

    return of


def values(number):
    """What stands for each parameter in the trial ``number``."""
    kinds = {"number": NUMBERS, "text": TEXTS, "uuid": UUIDS}

    def value(parameter):
        kind = "number" if parameter.is_number else "uuid" if parameter.is_uuid else "text"
        return kinds[kind][number % len(kinds[kind])]

    return value


@pytest.mark.parametrize("role", matrix(ROLES, quick=["visitor", "superuser"]))
def test_hostile_paths(addresses, trial, role, thorough):
    sender = trial(role)
    outside = role in ("visitor", "member")
    for address in addresses:
        if not address.parameters:
            continue
        if outside and address.pattern.startswith("/admin/") and not thorough:
            continue
        for number in range(8 if thorough else 1):
            sender.send(address.filled(values(number)))
    assert sender.sent > (40 if outside else 200)
    assert sender.failed == []


@pytest.mark.parametrize("role", matrix(ROLES, quick=["visitor", "superuser"]))
def test_hostile_queries(addresses, keys, trial, role, thorough):
    names, _posted = names_read()
    assert {"page", "q", "a", "topic"} <= set(names)
    sender = trial(role)
    for address in addresses:
        if role in ("visitor", "member") and address.pattern.startswith("/admin/"):
            continue
        if address.pattern.startswith("/admin/") and not thorough:
            continue
        for value in IN_QUERIES if thorough else IN_QUERIES[:1]:
            query = "&".join(f"{name}={value}" for name in names)
            shown = f"{address.pattern} {value[:9]}"
            sender.send(f"{address.of_something(keys)}?{query}", shown=shown)
    assert sender.failed == []


@pytest.mark.parametrize("role", matrix(ROLES, quick=["visitor", "superuser"]))
def test_empty_and_half_forms(addresses, keys, trial, role, thorough):
    _names, posted = names_read()
    sender = trial(role)
    for number, address in enumerate(addresses):
        if role in ("visitor", "member") and address.pattern.startswith("/admin/"):
            continue
        path = address.of_something(keys)
        if thorough or number % 2:
            sender.send(path, "post", {}, shown=address.pattern)
        for value in IN_FORMS if thorough else IN_FORMS[:(number + 1) % 2]:
            shown = f"{address.pattern} {value[:9]!r}"
            # The test client sends bytes as they are in a list only.
            sender.send(path, "post", {name: [value] for name in posted}, shown=shown)
    assert sender.failed == []
