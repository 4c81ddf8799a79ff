"""What was stored with a year of the wrong era or a number twice is found and told."""

from datetime import date
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command

from hub.health.findings import State
from policy.ledger.doubtful_records import COMPUTED, health, is_typed_day, misdated
from policy.models import ClauseReport, ResolutionPage
from tests.factories import ResolutionPageFactory

pytestmark = pytest.mark.django_db


def test_a_buddhist_year_is_found_by_the_command_and_told_to_administrators(
    resolution, key, party
):
    assert health().state == State.WELL
    ClauseReport.objects.create(
        clause_key=key, party=party, claim="ทำแล้ว", reported_on=date(2567, 2, 3))
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert "2567" in out.getvalue() and "3 กุมภาพันธ์ 2567" in out.getvalue()
    found = health()
    assert found.state == State.LOOK and "2567" in found.says


def test_every_date_of_the_process_is_looked_at(resolution, key, party):
    """Each date field of each model, found from the framework, is read without an error."""
    fields = [
        (model, field.name) for model in apps.get_app_config("policy").get_models()
        for field in model._meta.local_fields
        if is_typed_day(field) and model not in COMPUTED
    ]
    assert len(fields) > 10 and not list(misdated())
    ResolutionPage.objects.filter(pk=resolution.pk).update(adopted_on=date(2566, 9, 1))
    assert ["2566" in doubt.says for doubt in misdated()] == [True]


def test_numbers_that_were_given_twice_are_found(resolution):
    other = ResolutionPageFactory(parent=resolution.get_parent().specific, number="2/9")
    ResolutionPage.objects.filter(pk=other.pk).update(number="2/1")
    assert "2/1" in health().says
