"""Runs to try: over with certificates, open, full; made once, and gone without a trace."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from courses.models import Certificate, CourseRun, Enrolment, GroupFile, State
from demonstration.loader import Loader, remove

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(hub, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    return Loader().load()


def test_there_is_a_run_in_every_state_that_one_wants_to_try(loaded, visitor):
    states = {run.state for run in CourseRun.objects.all()}
    assert states == {State.OVER, State.OPEN, State.FULL}
    assert Certificate.objects.filter(revoked_at=None).count() == 2
    revoked = Certificate.objects.exclude(revoked_at=None).get()
    body = visitor.get(f"/certificates/{revoked.code}/").content.decode()
    assert revoked.revoked_reason in body and "เนื้อหาตัวอย่าง" in body
    assert "First group in English" in visitor.get("/en/courses/runs/").content.decode()


def test_loading_again_makes_no_second_one_and_removing_leaves_nothing(loaded):
    before = list(Enrolment.objects.values_list("pk", flat=True))
    Loader().load()
    assert list(Enrolment.objects.values_list("pk", flat=True)) == before
    remove()
    for model in (CourseRun, Enrolment, Certificate, GroupFile):
        assert not model.objects.exists(), model
    assert not get_user_model().objects.filter(username__startswith="demonstration-").exists()


def test_the_sign_ins_lead_and_take_part(loaded, settings, tmp_path):
    settings.DEVELOPMENT, settings.DATA_DIR = True, tmp_path
    call_command("demonstration", "users")
    users = get_user_model().objects
    assert users.get(username="facilitator").facilitated_runs.count() == 4
    member = users.get(username="member")
    assert {e.state for e in member.enrolments.all()} == {"enrolled", "waiting"}
    assert Certificate.objects.filter(enrolment__user=member).count() == 1
