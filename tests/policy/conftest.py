"""Parties, a resolution with clauses, an assembly with a draft, and people with every role."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.signal_handlers import disable_reference_index_auto_update

from policy.amendments.amending import amend
from policy.models import VERIFIERS, Clause, Party, ProcessStage
from policy.models.clause_terms import terms_of_resolution
from tests import factories
from tests.factories import (
    AssemblyPageFactory,
    DraftResolutionPageFactory,
    ResolutionPageFactory,
)


@pytest.fixture(scope="module", autouse=True)
def no_reference_index():
    """Nothing in this app asks which page uses which; to note it costs a sixth of the time."""
    with disable_reference_index_auto_update():
        yield


@pytest.fixture(autouse=True)
def thai_addresses():
    """Reset the language that requests below /en/ leave active."""
    translation.activate("th")


@pytest.fixture(scope="module")
def shared_resolution(world):
    """The resolution and both parties once for a module all of whose tests use this fixture."""
    return make_resolution(make_party(), make_other_party())


@pytest.fixture
def party(hub, request):
    if "shared_resolution" in request.fixturenames:
        return Party.objects.get(organisation__slug="tao")
    return make_party()


def make_party():
    return factories.party(
        "tao", "อบต. ตัวอย่าง", name_en="Example SAO", kind="local_government",
        email="tao@example.org",
    )


@pytest.fixture
def other_party(hub, request):
    if "shared_resolution" in request.fixturenames:
        return Party.objects.get(organisation__slug="net")
    return make_other_party()


def make_other_party():
    return factories.party("net", "เครือข่ายตัวอย่าง", name_en="Example network", kind="network")


@pytest.fixture
def resolution(hub, party, other_party, request):
    if "shared_resolution" in request.fixturenames:
        shared = request.getfixturevalue("shared_resolution")
        return type(shared).objects.get(pk=shared.pk)
    return make_resolution(party, other_party)


def make_resolution(party, other_party):
    """Clause 1 names the first party and is overdue; clause 2 names both and has no due date."""
    page = ResolutionPageFactory(title="มติเรื่องทุ่น", number="2/1")
    first = Clause(number="1", text="ให้ซ่อมทุ่น", locale=page.locale, channel="budget", sort_order=0,
                   due=date(2024, 1, 1))
    first.parties = [party]
    second = Clause(number="2", text="ให้เปิดวงคุย", locale=page.locale, sort_order=1)
    second.parties = [party, other_party]
    page.clauses = [first, second]
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def amend_clause(resolution, number, **values):
    """Amend one clause of a published resolution; ``values`` as ``amend`` takes them."""
    terms = next(t for t in terms_of_resolution(resolution).values() if t.number == number)
    return amend(resolution, {terms.clause_key: values}, reason="สมัชชาแก้มติ",
                 decided_on=timezone.localdate())


@pytest.fixture
def key(resolution):
    return resolution.clauses.get(number="1").translation_key


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


REPORT = {"claim": "ซ่อมทุ่นครบแล้ว", "extent": "done", "done_on": "2024-01-05",
          "evidence": "ใบสั่งจ้าง 12/2567", "reporter_name": "สมศรี"}
VERIFICATION = {"finding": "contradicted", "extent": "begun", "observation": "ยังขาดห้าลูก",
        "observed_on": "2024-02-01", "verifier_name": "เจ้าของเรือ"}


Kind = ProcessStage.Kind


def days(number):
    return timezone.localdate() + timedelta(days=number)


def with_stages(assembly, *stages):
    """``assembly`` with stages (kind, first day, last day) counted from today, published."""
    assembly.process = [
        ProcessStage(kind=kind, starts=days(first), ends=None if last is None else days(last))
        for kind, first, last in stages
    ]
    assembly.save_revision().publish()
    return type(assembly).objects.get(pk=assembly.pk)


@pytest.fixture
def assembly(hub):
    return make_assembly(hub)


def make_assembly(parent):
    """Agenda call past, amendments now, adoption next."""
    return with_stages(
        AssemblyPageFactory(title="สมัชชาที่หนึ่ง", parent=parent),
        (Kind.AGENDA_CALL, -30, -20), (Kind.AMENDMENTS, -5, 5), (Kind.ADOPTION, 10, 10),
        (Kind.FOLLOW_UP, 20, None),
    )


@pytest.fixture
def draft(assembly):
    return make_draft(assembly)


def make_draft(assembly):
    """Open for amendments; first contributions are shown at once."""
    return DraftResolutionPageFactory(
        title="ร่างเรื่องปู", parent=assembly, hold_first_contributions=False
    )


@pytest.fixture
def member(hub, django_user_model):
    return _member(django_user_model, "malee", "มาลี")


@pytest.fixture
def other_member(hub, django_user_model):
    return _member(django_user_model, "somsak", "สมศักดิ์")


def _member(model, name, first_name):
    return model.objects.create_user(
        name, f"{name}@example.org", "secret", first_name=first_name
    )
