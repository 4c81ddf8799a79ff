"""The access matrix of groups: every role × every URL, and the page cache."""

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from courses.certificates import issuing
from courses.models import (
    Attendance,
    Certificate,
    CourseCopy,
    CourseFollower,
    GroupFile,
    GroupPost,
    PackEdition,
    ShortAddress,
)
from courses.runs import enrolment as enrolling

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PEOPLE = ["visitor", "member", "participant", "waiting", "facilitator", "other_facilitator",
          "organiser", "editor", "moderator", "administrator"]
LEADERS = {"facilitator", "organiser", "moderator", "administrator"}
CONFIRM = {"facilitator", "moderator", "administrator"}
EVERYBODY = set(PEOPLE)
IN_IT = {"participant", "waiting"}
SECRETS = ["ก๊ะมารีแย ลับ", "0899999999", "แพ้กุ้งลับ", "ข้อความลับ", "ไฟล์ลับ.txt"]

# name of the URL → (who may GET it, who may POST to it; None where nobody posts)
MAY = {
    "course_runs": (EVERYBODY, None),
    "course_run": (EVERYBODY, None),
    "course_run_calendar": (EVERYBODY, None),
    "run_enrol": (EVERYBODY - {"visitor"}, None),
    "my_run": (IN_IT, None),
    "run_leave": (IN_IT, None),
    "group_file": (LEADERS | {"participant"}, None),
    "group": (LEADERS, None),
    "group_meeting": (LEADERS, LEADERS),
    "group_add": (LEADERS, LEADERS),
    "group_remove": (LEADERS, LEADERS),
    "group_send": (LEADERS, LEADERS),
    "group_delete_post": (set(), LEADERS),
    "group_complete": (CONFIRM, CONFIRM),
    "group_list": (LEADERS, None),
    "certificate_look_up": (EVERYBODY, None),
    "certificate": (EVERYBODY, None),
    "certificate_pdf": (LEADERS | {"participant"}, None),
    "certificate_revoke": (CONFIRM, CONFIRM),
    "certificate_erase_name": (set(), set()),  # holders with an account erase their own data
    "short_address": (set(), None),  # redirects to the curriculum
    "short_address_qr": (EVERYBODY, None),
    # E-mails: only the recipient knows the token in the address.
    "course_follow_confirm": (EVERYBODY, None), "course_follow_stop": (EVERYBODY, None),
    "course_copy_forget": (set(), {"participant"}),
}


@pytest.fixture
def people(run, enrol, facilitator, make_member, make_run, editor, moderator, administrator):
    """Every role of the matrix; the participant has a certificate."""
    first, second = run.meeting_list
    enrolment = enrol(run, name=SECRETS[0], phone=SECRETS[1], needs=SECRETS[2])
    for meeting in (first, second):
        Attendance.objects.create(meeting=meeting, enrolment=enrolment)
    issuing.issue_and_notify(run, {enrolment.pk}, facilitator)
    post = GroupPost.objects.create(run=run, author=facilitator, text=SECRETS[3])
    file = GroupFile(post=post, title=SECRETS[4])
    file.file.save(SECRETS[4], ContentFile(b"secret"))
    other = make_member("other-teacher")
    other.groups.add(Group.objects.get(name="Facilitators"))
    make_run().facilitators.add(other)
    edition = PackEdition.objects.create(
        page=run.curriculum, version=1, digest="0" * 64, for_facilitators=False,
        manifest={"curriculum": {"title": "หลักสูตร"}},
    )
    CourseCopy.objects.create(user=enrolment.user, page=run.curriculum, edition=edition)
    CourseFollower.objects.create(
        page=run.curriculum, email="reader@example.org", language="th", version=1)
    organiser = make_member("organiser")
    run.organisers.add(organiser)
    return {
        "visitor": None, "member": make_member("stranger"), "participant": enrolment.user,
        "waiting": enrol(run, state="waiting").user, "facilitator": facilitator,
        "other_facilitator": other, "organiser": organiser, "editor": editor,
        "moderator": moderator, "administrator": administrator,
    }


@pytest.fixture
def address_of(run, people):
    def made(name):
        more = {
            "group_file": lambda: [run.pk, GroupFile.objects.get().pk],
            "group_meeting": lambda: [run.pk, run.meeting_list[0].pk],
            "group_remove": lambda: [run.pk, run.enrolments.waiting().get().pk],
            "group_delete_post": lambda: [run.pk, GroupPost.objects.get().pk],
            "group_list": lambda: [run.pk, "csv"],
            "course_follow_confirm": lambda: [CourseFollower.objects.get().confirm_token],
            "course_follow_stop": lambda: [CourseFollower.objects.get().stop_token],
            "course_copy_forget": lambda: [CourseCopy.objects.get().pk],
            "course_runs": list, "certificate_look_up": list,
        }
        if name.startswith("certificate") and name != "certificate_look_up":
            arguments = [Certificate.objects.get().code]
        elif name.startswith("short_address"):
            arguments = [ShortAddress.objects.for_page(run.curriculum).code]
        else:
            arguments = more.get(name, lambda: [run.pk])()
        with override("th"):  # a request for /en/ may have changed the language
            return reverse(name, args=arguments)

    return made


@pytest.fixture
def client_of(people, signed_in):
    def made(who):
        return signed_in(people[who]) if people[who] else Client()

    return made


def test_the_matrix_covers_every_url():
    from courses import urls

    assert {pattern.name for pattern in urls.urlpatterns} == set(MAY)


@pytest.mark.parametrize("who", PEOPLE)
def test_reading(client_of, address_of, who):
    client = client_of(who)
    for name, (readers, _writers) in MAY.items():
        for prefix in ("", "/en"):
            answer = client.get(prefix + address_of(name))
            opened = answer.status_code == 200
            assert opened is (who in readers), (who, name, answer.status_code)
            if not opened:
                assert answer.status_code in (302, 403, 404, 405), (who, name)
            if who not in LEADERS | {"participant"}:
                content = b"".join(answer) if answer.streaming else answer.content
                for secret in SECRETS[1:]:
                    assert secret not in content.decode(errors="replace"), (who, name, secret)


@pytest.mark.parametrize("who", PEOPLE)
def test_writing(client_of, address_of, who, run):
    client = client_of(who)
    for name, (_readers, writers) in MAY.items():
        if writers is not None and who not in writers:
            before = snapshot(run)
            answer = client.post(address_of(name), {"account": "stranger", "text": "x",
                                                    "reason": "x", "completed": "1"})
            refused = (404,) if name == "course_copy_forget" else (403,)
            assert answer.status_code in (302, *refused), (who, name)
            assert answer.status_code in refused or "/accounts/login/" in answer["Location"]
            assert snapshot(run) == before, (who, name)


def snapshot(run):
    return (
        list(run.enrolments.order_by("pk").values()), run.posts.count(),
        Attendance.objects.count(), list(Certificate.objects.values()), CourseCopy.objects.count(),
    )


def test_leaders_can_write(client_of, address_of, run):
    for who in sorted(LEADERS):
        client = client_of(who)
        assert client.post(address_of("group_meeting"), {}).status_code == 302
        assert client.post(address_of("group_send"), {"text": who}).status_code == 302
    assert run.posts.count() == 1 + len(LEADERS)


def test_pages_of_members_are_not_served_from_the_cache(client_of, address_of):
    """A participant and a facilitator load every page first, in the same process."""
    for who in ("participant", "facilitator"):
        client = client_of(who)
        for name in MAY:
            if not name.startswith("group_delete_post"):
                client.get(address_of(name))
    visitor = Client()
    for name, (readers, _writers) in MAY.items():
        for _time in range(2):
            answer = visitor.get(address_of(name))
            content = b"".join(answer) if answer.streaming else answer.content
            assert (answer.status_code == 200) is ("visitor" in readers), name
            for secret in SECRETS[1:]:
                assert secret not in content.decode(errors="replace"), (name, secret)
            assert "หน้าการอบรมนี้ของฉัน" not in content.decode(errors="replace")


def test_people_who_left_lose_access(people, client_of, address_of, run):
    Certificate.objects.all().delete()
    enrolling.leave(run.enrolments.get(user=people["participant"]))
    client = client_of("participant")
    for name in ("my_run", "group_file", "run_leave"):
        assert client.get(address_of(name)).status_code == 404


def test_former_facilitators_lose_access(run, people, client_of, address_of):
    run.facilitators.clear()
    assert client_of("facilitator").get(address_of("group")).status_code == 403


def test_inactive_accounts_lose_access(people, client_of, address_of):
    client = client_of("facilitator")
    people["facilitator"].is_active = False
    people["facilitator"].save()
    assert client.get(address_of("group")).status_code == 302
