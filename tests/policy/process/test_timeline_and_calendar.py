"""The timeline shows past, current and next stages with actions; the calendar has them all."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from icalendar import Calendar

from hub.models import Topic
from policy.models import AgendaItem, Hearing, HearingGroup, ProcessStage
from policy.process.timeline import timeline_of
from tests.factories import AssemblyPageFactory, IssuePageFactory
from tests.policy.conftest import days

pytestmark = pytest.mark.django_db


def states(timeline):
    return [(step.stage.kind, step.state) for step in timeline.steps]


def test_stages_are_past_now_next_and_later_by_their_dates(assembly):
    assert states(timeline_of(assembly)) == [
        ("agenda_call", "past"), ("amendments", "now"), ("adoption", "next"),
        ("follow_up", "later"),
    ]
    last_day = assembly.stages[1].ends
    assert timeline_of(assembly, today=last_day).now[0].stage.kind == "amendments"
    after = timeline_of(assembly, today=last_day + timedelta(days=1))
    assert after.now == [] and after.next[0].stage.kind == "adoption"
    # A stage without an end stays current.
    assert timeline_of(assembly, today=days(2000)).now[0].stage.kind == "follow_up"


def test_an_assembly_without_dates_has_no_timeline(hub):
    assert timeline_of(AssemblyPageFactory(parent=hub)) is None


def test_a_stage_cannot_end_before_it_starts():
    stage = ProcessStage(kind="draft", starts=date(2026, 5, 2), ends=date(2026, 5, 1))
    with pytest.raises(ValidationError, match="ends"):
        stage.clean()
    hearing = Hearing(date=date(2026, 5, 1), starts_at=time(9), ends_at=time(8), place="x")
    with pytest.raises(ValidationError, match="ends_at"):
        hearing.clean()


def test_assembly_draft_and_issue_show_the_timeline(assembly, draft, visitor):
    issue = IssuePageFactory(title="ปูหาย")
    assembly.agenda = [AgendaItem(number="1", title="ปู", issue=issue, draft=draft)]
    assembly.save_revision().publish()
    for page in (assembly, draft, issue):
        body = visitor.get(page.url).content.decode()
        assert 'aria-current="step"' in body, page
        assert "ขอแก้ร่างมติ" in body
        assert f"{assembly.url}calendar.ics" in body
    # The current action leads to the draft.
    assert f'href="{draft.url}#paragraphs"' in visitor.get(issue.url).content.decode()


def test_an_unpublished_draft_is_not_mentioned(assembly, draft, visitor):
    issue = IssuePageFactory(title="ปูหาย")
    assembly.agenda = [AgendaItem(number="1", title="ปู", issue=issue, draft=draft)]
    assembly.hearings = [Hearing(date=days(3), place="ศาลา", draft=draft)]
    assembly.save_revision().publish()
    draft.unpublish()
    for address in (assembly.url, issue.url, f"{assembly.url}calendar.ics"):
        body = visitor.get(address).content.decode()
        assert "ร่างเรื่องปู" not in body and draft.url not in body, address


def test_hearings_show_participants_by_group(assembly, visitor):
    hearing = Hearing(date=days(-2), starts_at=time(9), ends_at=time(12), place="ศาลาหมู่ 3")
    hearing.groups = [
        HearingGroup(group=Topic.objects.get(slug="fishers"), number=24),
        HearingGroup(group=Topic.objects.get(slug="women"), number=17),
    ]
    assembly.hearings = [hearing]
    assembly.save_revision().publish()
    body = visitor.get(assembly.url).content.decode()
    for shown in ("ศาลาหมู่ 3", "ชาวประมง", "24", "สตรี", "17", "ผู้เข้าร่วม 41 คน", "09:00–12:00 น."):
        assert shown in body, shown


def test_a_translation_shows_the_dates_of_the_thai_page(assembly, english_home, visitor):
    english = assembly.copy_for_translation(english_home.locale)
    english.title, english.live = "First assembly", True
    english.process = [ProcessStage(kind="draft", starts=days(-900), ends=days(-800))]
    english.save_revision().publish()
    english = type(assembly).objects.get(pk=english.pk)
    assert [s.kind for s in english.stages] == [s.kind for s in assembly.stages]
    assert "Amendments to the drafts" in visitor.get(english.url).content.decode()


# The calendar


def calendar(visitor, assembly):
    response = visitor.get(f"{assembly.url}calendar.ics")
    assert response["Content-Type"].startswith("text/calendar")
    return response.content, Calendar.from_ical(response.content)


def test_the_calendar_has_every_stage_and_hearing(assembly, visitor):
    assembly.hearings = [
        Hearing(date=days(3), starts_at=time(9, 30), place="ศาลากลางหมู่บ้าน " * 8),
        Hearing(date=days(4), place="โรงเรียน"),
    ]
    assembly.save_revision().publish()
    raw, read = calendar(visitor, assembly)
    events = read.walk("VEVENT")
    stage = next(e for e in events if e["summary"] == "ขอแก้ร่างมติ – สมัชชาที่หนึ่ง")
    assert (stage["dtstart"].dt, stage["dtend"].dt) == (days(-5), days(6))
    hearings = [e for e in events if e["summary"] == "เวทีรับฟัง: สมัชชาที่หนึ่ง"]
    timed, whole_day = [e["dtstart"].dt for e in hearings]
    assert whole_day == days(4)
    assert timed.utcoffset() == timedelta(hours=7) and (timed.hour, timed.minute) == (9, 30)
    assert list(read.walk("VTIMEZONE")), "the zone that the times name is in the file"
    # RFC 5545: lines of at most 75 octets, not broken inside a character, ending in CRLF.
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 75 and b"\n" not in b"".join(lines)
    for line in lines:
        line.decode()
    assert ("ศาลากลางหมู่บ้าน " * 8).strip() in [str(e["location"]).strip() for e in hearings]


def test_event_ids_are_stable(assembly, visitor):
    def uids():
        return sorted(str(e["uid"]) for e in calendar(visitor, assembly)[1].walk("VEVENT"))

    before = uids()
    page = assembly.get_latest_revision_as_object()
    for stage in page.process.all():
        stage.starts -= timedelta(days=1)
    page.title = "ชื่อใหม่"
    page.save_revision().publish()
    assert uids() == before and len(set(before)) == len(before)


def test_a_private_assembly_has_no_public_calendar(assembly, visitor):
    from wagtail.models import PageViewRestriction

    PageViewRestriction.objects.create(page=assembly, restriction_type="login")
    assert visitor.get(f"{assembly.url}calendar.ics").status_code == 302
    assembly.unpublish()
    assert visitor.get(f"{assembly.url}calendar.ics").status_code == 404
    assert visitor.get(f"{assembly.url}other.ics").status_code == 404


def test_editors_set_dates_in_the_assemblys_own_form(assembly, administrator, signed_in):
    body = signed_in(administrator).get(f"/admin/pages/{assembly.pk}/edit/").content.decode()
    for field in ("process-0-starts", "hearings-TOTAL_FORMS", "agenda-TOTAL_FORMS"):
        assert field in body
