"""A resolution with a clause, two parties, and people of every kind."""

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import translation

from policy.models import VERIFIERS, Clause, Party
from tests.factories import ResolutionPageFactory


@pytest.fixture(autouse=True)
def thai_addresses():
    """A request below /en/ leaves its language behind; addresses are made in Thai again."""
    translation.activate("th")


@pytest.fixture
def party(hub):
    return Party.objects.create(
        slug="tao", name_th="อบต. ตัวอย่าง", name_en="Example SAO", kind="local_government",
        email="tao@example.org",
    )


@pytest.fixture
def other_party(hub):
    return Party.objects.create(
        slug="net", name_th="เครือข่ายตัวอย่าง", name_en="Example network", kind="community"
    )


@pytest.fixture
def resolution(hub, party, other_party):
    """Clause 1 names the first party and was due long ago; clause 2 both, without a date."""
    page = ResolutionPageFactory(title="มติเรื่องทุ่น", number="2/1")
    first = Clause(number="1", text="ให้ซ่อมทุ่น", locale=page.locale, channel="budget",
                   due=date(2024, 1, 1))
    first.parties = [party]
    second = Clause(number="2", text="ให้เปิดวงคุย", locale=page.locale, sort_order=1)
    second.parties = [party, other_party]
    page.clauses = [first, second]
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


@pytest.fixture
def key(resolution):
    return resolution.clauses.get(number="1").translation_key


@pytest.fixture
def member(django_user_model, hub):
    return django_user_model.objects.create_user("member", "member@example.org", "secret")


@pytest.fixture
def reporter(django_user_model, party):
    user = django_user_model.objects.create_user("reporter", "reporter@example.org", "secret")
    user.parties.add(party)
    return user


@pytest.fixture
def other_reporter(django_user_model, other_party):
    user = django_user_model.objects.create_user("other", "other@example.org", "secret")
    user.parties.add(other_party)
    return user


@pytest.fixture
def verifier(django_user_model, hub):
    user = django_user_model.objects.create_user("verifier", "verifier@example.org", "secret")
    user.groups.add(Group.objects.get(name=VERIFIERS))
    return user


@pytest.fixture
def cell_address(key, party):
    return reverse("follow_up_cell", args=[key, party.slug])


REPORT = {"claim": "ซ่อมทุ่นครบแล้ว", "done_on": "2024-01-05", "evidence": "ใบสั่งจ้าง 12/2567",
          "reporter_name": "สมศรี"}
SEEN = {"finding": "contradicted", "seen": "ยังขาดห้าลูก", "seen_on": "2024-02-01",
        "verifier_name": "เจ้าของเรือ"}
