"""A course run and the people around it."""

from datetime import time, timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.users.models import UserProfile

from courses.models import CourseRun, Enrolment, Meeting
from tests.factories import CurriculumPageFactory

DETAILS = {"name": "สมศรี มีสุข", "phone": "081 234 5678", "other_organisation": "กลุ่มปูม้า",
        "needs": "ไม่กินหมู"}
FORM = DETAILS | {"consent": "on"}


@pytest.fixture
def curriculum(hub):
    return CurriculumPageFactory(
        title="หลักสูตรป่าชุมชน",
        competences=[("item", "อ่านป่าได้"), ("item", "คุยกติกาได้")],
    )


@pytest.fixture
def make_run(curriculum):
    """Creates a run with meetings on ``days`` from today, without e-mails."""

    def create(days=(20, 21), **fields):
        values = {
            "curriculum": curriculum, "title": "รุ่นที่ 1 จะนะ", "place": "ศาลาบ้านตัวอย่าง",
            "seats": 2, "contact": "074 000 000",
        }
        run = CourseRun.objects.create(**values | fields)
        for number, day in enumerate(days):
            Meeting.objects.create(
                run=run, date=timezone.localdate() + timedelta(days=day), sort_order=number,
                starts_at=time(9), ends_at=time(15),
            )
        run = CourseRun.objects.get(pk=run.pk)
        CourseRun.objects.filter(pk=run.pk).update(announced=run.announcement())
        return CourseRun.objects.get(pk=run.pk)

    return create


@pytest.fixture
def run(make_run, facilitator):
    run = make_run()
    run.facilitators.add(facilitator)
    return run


@pytest.fixture
def make_member(hub, django_user_model):
    def create(name, language="th", full_name=""):
        user = django_user_model.objects.create_user(
            name, f"{name}@example.org", first_name=full_name or f"คุณ{name}"
        )
        UserProfile.objects.create(user=user, preferred_language=language)
        return user

    return create


@pytest.fixture
def member(make_member):
    return make_member("somsri", full_name="สมศรี มีสุข")


@pytest.fixture
def facilitator(make_member):
    user = make_member("teacher", full_name="ครูดี")
    user.groups.add(Group.objects.get(name="Facilitators"))
    return user


@pytest.fixture
def enrol(make_member):
    """Adds an enrolment as the form would, without e-mails."""

    def create(run, user=None, state="enrolled", **fields):
        user = user or make_member(f"m{Enrolment.objects.count()}-{run.pk}")
        enrolment = Enrolment(run=run, user=user, state=state, **DETAILS | {
            "name": user.get_full_name()} | fields)
        enrolment.record_consent()
        enrolment.save()
        return enrolment

    return create
