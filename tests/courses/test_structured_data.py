"""Curricula as schema.org data, embedded in the page and at its own address."""

import json
import re

import pytest

from courses.models import CourseSession, CurriculumPage, Handout
from courses.structured_data import duration
from courses.templatetags.course_tags import slow_line
from hub.chain.relations import Relation
from hub.models import Contributor, Topic
from tests.factories import CurriculumPageFactory, ModelPageFactory, document, link

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(hub, english_home):
    page = CurriculumPageFactory(
        title="หลักสูตร <ปู> & หอย", prerequisites="มีเรือ", assessment="เล่าแผน",
        facilitator_notes="ลับสุดยอด",
    )
    page.aims = [("item", "รู้เงื่อนไข")]
    page.competences = [("item", "อ่านสีไข่ได้"), ("item", "วัดน้ำได้")]
    page.topics.add(Topic.objects.get(slug="fishers"))
    page.contributors.add(Contributor(name="ทีมจัดการความรู้", other_organisation="มูลนิธิตัวอย่าง"))
    page.sessions = [
        CourseSession(title="อ่านสีไข่", minutes=90, aim="ได้จับจริง", steps=[
            ("step", {"minutes": 90, "what": "ดูปู", "materials": "ไฟฉาย"})]),
        CourseSession(title="วัดน้ำ", minutes=45),
    ]
    page.save_revision().publish()
    page = CurriculumPage.objects.get(pk=page.pk)
    first = page.sessions.first()
    page.handouts = [
        Handout(document=document("ใบงานสีไข่", "ใบงาน.txt"), session_key=first.key,
                licence="cc0-1.0", purpose="แจกคนละแผ่น"),
        Handout(document=document("คู่มือผู้เรียน", "คู่มือ.txt")),
        Handout(document=document("เฉลยลับ", "เฉลย.txt"), facilitator_only=True),
    ]
    page.save_revision().publish()
    model = ModelPageFactory(title="ธนาคารปู")
    link(page, Relation.TEACHES, model, version=1)
    translation = page.copy_for_translation(english_home.locale, copy_parents=True)
    translation.title = "The crab course"
    translation.save_revision().publish()
    return CurriculumPage.objects.get(pk=page.pk)


def data_of(client, page):
    answer = client.get(page.url + "json/")
    assert answer["Content-Type"].startswith("application/ld+json")
    return json.loads(answer.content)


def test_fields_are_exported_as_schema_org_properties(course, visitor):
    data = data_of(visitor, course)
    assert data["@context"] == "https://schema.org"
    assert data["@type"] == ["Course", "LearningResource"]
    assert data["name"] == course.title
    assert data["teaches"] == ["อ่านสีไข่ได้", "วัดน้ำได้"]
    assert data["competencyRequired"] == "มีเรือ" and data["assesses"] == "เล่าแผน"
    assert data["audience"]["audienceType"] == course.audience
    assert data["audience"]["@type"] == "EducationalAudience"
    assert data["timeRequired"] == "PT2H15M"
    assert data["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert (data["inLanguage"], data["version"], data["isAccessibleForFree"]) == ("th", 3, True)
    assert data["author"][0]["affiliation"]["name"] == "มูลนิธิตัวอย่าง"
    first, second, whole = data["hasPart"]
    assert (first["timeRequired"], second["timeRequired"]) == ("PT1H30M", "PT45M")
    assert first["material"] == ["ไฟฉาย"] and "ดูปู" in first["text"]
    [sheet] = first["hasPart"]
    assert sheet["name"] == "ใบงานสีไข่" and sheet["encodingFormat"] == "text/plain"
    assert sheet["license"].endswith("/zero/1.0/") and int(sheet["contentSize"]) > 0
    assert whole["name"] == "คู่มือผู้เรียน" and whole["license"] == data["license"]
    [cited] = data["citation"]
    assert cited["version"] == 1 and cited["url"].endswith("/v/1/")
    [translation] = data["workTranslation"]
    assert (translation["inLanguage"], translation["name"]) == ("en", "The crab course")
    for address in (data["url"], cited["url"], translation["url"], sheet["contentUrl"]):
        assert address.startswith("http") and visitor.get(
            re.sub(r"^https?://[^/]+", "", address)).status_code == 200


def test_the_data_never_contains_facilitators_files(course, administrator, signed_in):
    text = signed_in(administrator).get(course.url + "json/").content.decode()
    assert "ใบงานสีไข่" in text
    assert "ลับ" not in text


def test_the_page_embeds_the_same_data(course, visitor):
    answer = visitor.get(course.url)
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>',
                        answer.content.decode(), re.S)
    assert [json.loads(block) for block in blocks] == [data_of(visitor, course)]
    assert "<ปู>" not in blocks[0]
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]


def test_the_data_of_an_earlier_version_has_its_number(course, visitor):
    answer = visitor.get(course.url + "v/1/").content.decode()
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer, re.S)
    assert json.loads(block)["version"] == 1


@pytest.mark.parametrize(("minutes", "expected"), [(0, "PT0M"), (45, "PT45M"), (120, "PT2H")])
def test_durations_are_iso_8601(minutes, expected):
    assert duration(minutes) == expected


@pytest.mark.parametrize(("size", "expected"), [
    (20_000, "ราว 1 วินาที"), (3_000_000, "ราว 20 วินาที"), (15_000_000, "ราว 2 นาที"), (0, "")])
def test_download_times_on_a_slow_line(size, expected):
    assert slow_line(size) == expected
