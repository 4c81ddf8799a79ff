"""Published versions are numbered, readable, comparable and as private as their page."""

import re
from datetime import date, timedelta
from threading import Thread
from time import sleep
from uuid import uuid4

import pytest
from django.core.files.images import ImageFile
from django.core.management import call_command
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import PageViewRestriction, Revision
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from courses.models import CurriculumPage, Handout
from hub.models import Attachment, Contributor, HubImage, KnowledgePage, PublishedVersion, Topic
from hub.versions.numbering import as_published, content_digest
from models_lib.models import BuildingBlock, Condition, ModelPage
from policy.amendments.amending import amend
from policy.models import Clause
from tests.factories import (
    FACTORIES,
    CurriculumPageFactory,
    LessonPageFactory,
    ModelPageFactory,
    ResolutionPageFactory,
    document,
    link,
    party,
)

pytestmark = pytest.mark.django_db


def publish(page, user=None, **fields):
    """Change ``page`` and publish it; returns it, read anew."""
    page = type(page).objects.get(pk=page.pk)
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision(user=user).publish(user=user)
    return type(page).objects.get(pk=page.pk)


def numbers(page):
    return list(page.published_versions.order_by("number").values_list("number", flat=True))


def text(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def visible_text(html, without) -> str:
    """The visible text of a page, without the content of the tags ``without``."""
    html = re.sub(r'<span class="visually-hidden">.*?</span>', "", html)
    html = re.sub(f"<{without}>.*?</{without}>", "", html, flags=re.S)
    return re.sub("<[^>]*>", "", html)


# Numbering


def test_each_changed_publication_gets_the_next_number(hub):
    page = ModelPageFactory(problem="หนึ่ง")
    page = publish(page, problem="สอง")
    page = publish(page, problem="หนึ่ง")
    assert numbers(page) == [1, 2, 3]
    assert page.current_version.revision_id == page.live_revision_id


def test_a_publication_without_changes_gets_no_number(hub):
    page = publish(publish(ModelPageFactory()))
    page = publish(page, slug="ที่อยู่ใหม่", search_description="สำหรับเครื่องมือค้น")
    assert numbers(page) == [1]


def test_new_ids_of_rows_and_blocks_are_no_change(hub):
    page = ModelPageFactory()
    for _again in range(2):
        page = publish(
            page, conditions=[Condition(text="มีน้ำสะอาด")],
            building_blocks=[BuildingBlock(title="ถัง", what="ใช้ถัง", locale=page.locale)],
            body=[("paragraph", "<p>ย่อหน้า</p>"), ("steps", [{"title": "หนึ่ง", "text": ""}])],
        )
    assert numbers(page) == [1, 2]


@pytest.mark.parametrize(
    "change",
    [
        {"conditions": [Condition(text="มีน้ำ", required=False)]},
        {"body": [("paragraph", "<p><b>หนา</b></p>")]},
        {"licence": "cc0-1.0"},
        {"contributors": [Contributor(name="สมใจ")]},
    ],
)
def test_a_change_of_any_content_counts(hub, change):
    page = publish(
        ModelPageFactory(), conditions=[Condition(text="มีน้ำ")], body=[("paragraph", "<p>หนา</p>")]
    )
    assert numbers(page) == [1, 2]
    assert numbers(publish(page, **change)) == [1, 2, 3]


def test_a_chain_link_is_no_change_of_the_page(hub):
    page = ModelPageFactory()
    link(page, "rests_on", LessonPageFactory())
    assert numbers(publish(page)) == [1]


def test_only_page_types_that_keep_versions_have_them(hub, visitor):
    for stage, factory in FACTORIES.items():
        page = factory()
        assert bool(numbers(page)) == page.keeps_versions == (
            stage in ("model", "curriculum", "resolution")
        )
        for rest in ("versions/", "v/1/", "v/1/cite/", "v/1/to/2/"):
            if not page.keeps_versions:
                text(visitor, page.url + rest, 404)


def test_a_draft_is_no_version(hub):
    page = ModelPageFactory()
    page.problem = "ยังไม่เสร็จ"
    page.save_revision()
    assert numbers(page) == [1]


def test_a_page_scheduled_for_later_gets_its_number_when_it_goes_live(hub, moderator):
    page = ModelPageFactory()
    page.problem = "ถึงเวลา"
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision(user=moderator).publish(user=moderator)
    assert numbers(page) == [1]
    Revision.objects.filter(approved_go_live_at__isnull=False).update(
        approved_go_live_at=timezone.now() - timedelta(minutes=1)
    )
    revision = page.latest_revision
    content = revision.content | {"go_live_at": (timezone.now() - timedelta(minutes=1)).isoformat()}
    Revision.objects.filter(pk=revision.pk).update(content=content)
    call_command("keep_schedule", "--once")
    page = ModelPage.objects.get(pk=page.pk)
    assert (page.problem, numbers(page)) == ("ถึงเวลา", [1, 2])
    assert page.current_version.published_by == moderator  # who scheduled it


def test_a_page_first_published_for_later_has_no_version_before(hub):
    page = ModelPageFactory(live=False)
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision().publish()
    assert numbers(page) == []


def test_the_publisher_is_recorded_and_shown_by_name(hub, moderator, visitor):
    moderator.first_name, moderator.last_name = "อามีนะห์", "ตัวอย่าง"
    moderator.save()
    page = publish(ModelPageFactory(), user=moderator, problem="ใหม่")
    assert page.current_version.published_by == moderator
    shown = text(visitor, page.url + "versions/")
    assert "อามีนะห์ ตัวอย่าง" in shown
    assert moderator.username not in shown
    moderator.delete()
    assert numbers(page) == [1, 2]


@pytest.mark.postgresql
def test_a_failed_publication_leaves_no_version(hub):
    page = ModelPageFactory()
    with pytest.raises(RuntimeError), transaction.atomic():
        publish(page, problem="ไม่สำเร็จ")
        raise RuntimeError
    assert numbers(page) == [1]


def test_copies_and_translations_have_their_own_numbers(hub, english_home):
    page = publish(ModelPageFactory(), problem="สอง")
    copy = page.copy(update_attrs={"slug": "สำเนา", "title": "สำเนา"})
    assert numbers(copy) == [1]
    twin = page.copy_for_translation(english_home.locale, copy_parents=True)
    assert numbers(twin) == []
    twin.save_revision().publish()
    assert numbers(twin) == [1]
    assert numbers(page) == [1, 2]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_concurrent_publications_get_different_numbers(hub):
    page = ModelPageFactory()
    revisions = []
    for n in range(4):
        page.problem = f"แบบที่ {n}"
        revisions.append(page.save_revision().pk)
    failed = []

    def publish_one(pk):
        for _attempt in range(200):
            try:
                with transaction.atomic():
                    Revision.objects.get(pk=pk).publish()
                break
            except OperationalError:  # SQLite in tests allows one writer at a time
                sleep(0.05)
            except Exception as error:
                failed.append(error)
                break
        connections.close_all()

    threads = [Thread(target=publish_one, args=[pk]) for pk in revisions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert numbers(page) == [1, 2, 3, 4, 5]


# Storage


@pytest.mark.postgresql
def test_purging_revisions_keeps_published_ones(hub):
    page = publish(ModelPageFactory(problem="หนึ่ง"), problem="สอง")
    for n in range(3):
        page.problem = f"ร่าง {n}"
        page.save_revision()
    before = set(Revision.objects.values_list("pk", flat=True))
    call_command("purge_revisions")
    left = set(Revision.objects.values_list("pk", flat=True))
    assert left < before
    assert set(page.published_versions.values_list("revision", flat=True)) <= left
    assert numbers(page) == [1, 2]


def test_a_page_can_be_deleted_with_its_versions(hub):
    page = publish(ModelPageFactory(), problem="สอง")
    ModelPage.objects.get(pk=page.pk).delete()
    assert not PublishedVersion.objects.exists()
    assert not Revision.objects.filter(object_id=str(page.pk)).exists()


# Reading


def test_an_old_version_is_the_page_as_it_was(hub, visitor):
    page = ModelPageFactory(title="ธนาคารปู", problem="ปูน้อยลง")
    page = publish(page, title="ธนาคารปูม้า", problem="ปูกลับมาแล้ว")
    old = text(visitor, page.url + "v/1/")
    assert "ปูน้อยลง" in old and "ปูกลับมาแล้ว" not in old
    assert "<h1>" in old and "ธนาคารปูม้า" not in old.split("<main", 1)[1].split("<footer", 1)[0]
    assert "ฉบับที่ 1 จาก 2 ฉบับ" in old
    assert f'rel="canonical" href="{page.full_url}"' in old
    assert '<meta name="robots" content="noindex">' in old
    current = text(visitor, page.url + "v/2/")
    assert "ปูกลับมาแล้ว" in current and "noindex" not in current
    assert f'rel="canonical" href="{page.full_url}"' in current


def test_the_page_shows_its_version(hub, visitor):
    page = publish(publish(ModelPageFactory(), problem="สอง"), problem="สาม")
    shown = text(visitor, page.url)
    assert f'href="{page.url}versions/"' in shown and "2 ฉบับก่อน" in shown
    assert f'href="{page.url}v/3/cite/"' in shown


@pytest.mark.parametrize("rest", [
    "v/0/", "v/3/", "v/99999999999999999999/", "v/1/to/9/", "v/9/to/1/", "v/x/", "v/-1/",
    "v/3/cite/", "v/1/cite/word/", "v/1/cite/bibtex/more/",
])
def test_missing_versions_are_not_found(hub, visitor, rest):
    page = publish(ModelPageFactory(), problem="สอง")
    text(visitor, page.url + rest, 404)


def test_the_list_compares_any_two(hub, visitor):
    page = publish(publish(ModelPageFactory(), problem="สอง"), problem="สาม", changes="แก้ปัญหา")
    shown = text(visitor, page.url + "versions/")
    for n in (1, 2, 3):
        assert f'href="{page.url}v/{n}/"' in shown
    assert f'href="{page.url}v/2/to/3/"' in shown and "แก้ปัญหา" in shown
    for query in ("from=1&to=3", "from=3&to=1"):
        assert visitor.get(f"{page.url}versions/?{query}").url == page.url + "v/1/to/3/"
    for query in ("from=1&to=1", "from=1", "to=x", "from=1&to=99", "from=๑&to=2", "from=%F0&to=2"):
        assert "เลือกสองฉบับที่ต่างกัน" in text(visitor, f"{page.url}versions/?{query}")
    assert visitor.get(page.url + "v/3/to/1/").url == page.url + "v/1/to/3/"
    assert visitor.get(page.url + "v/2/to/2/").url == page.url + "v/2/"


def test_versions_are_read_in_english_too(hub, english_home, visitor):
    from tests.factories import SectionPageFactory

    section = SectionPageFactory(parent=english_home, title="Models", locale=english_home.locale)
    page = publish(ModelPageFactory(parent=section, title="Crab bank"), problem="New")
    assert "You are reading version 1 of 2" in text(visitor, page.url + "v/1/")
    assert "What changed from version 1 to version 2" in text(visitor, page.url + "v/1/to/2/")
    assert "Every published version stays readable" in text(visitor, page.url + "versions/")


def test_old_addresses_follow_a_page_that_moves(
    hub, visitor, django_capture_on_commit_callbacks
):
    page = publish(ModelPageFactory(), problem="สอง")
    was = page.url
    with django_capture_on_commit_callbacks(execute=True):
        page = publish(page, slug="ย้ายแล้ว")
    assert page.url != was
    for rest in ("v/1/", "v/2/cite/", "versions/"):
        assert visitor.get(was + rest).url == page.url + rest
        text(visitor, page.url + rest)


def test_a_private_page_keeps_its_versions_private(hub, visitor, editor, signed_in):
    page = publish(ModelPageFactory(), problem="สอง")
    restriction = PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.GROUPS
    )
    restriction.groups.set(editor.groups.all())
    for rest in ("versions/", "v/1/", "v/1/to/2/", "v/1/cite/", "v/1/cite/ris/"):
        assert visitor.get(page.url + rest).status_code in (302, 403), rest
        text(signed_in(editor), page.url + rest)


def test_versions_of_unpublished_and_expired_pages_are_not_found(hub, visitor):
    page = publish(ModelPageFactory(), problem="สอง")
    KnowledgePage.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(hours=1))
    other = publish(ModelPageFactory(), problem="สอง")
    other.unpublish()
    for gone in (page, other):
        for rest in ("versions/", "v/1/", "v/1/to/2/", "v/1/cite/", "v/1/cite/ris/"):
            text(visitor, gone.url + rest, 404)
    other = publish(other)
    assert numbers(other) == [1, 2]
    text(visitor, other.url + "v/1/")


def test_deleted_objects_break_no_version(hub, visitor):
    image = HubImage.objects.create(title="ปู", file=ImageFile(get_test_image_file().file, "a.png"))
    lesson, file, topic = LessonPageFactory(), document(), Topic.objects.first()
    page = publish(
        ModelPageFactory(), topics=[topic], attachments=[Attachment(document=file)],
        body=[
            ("picture", {"image": image, "caption": "คำบรรยาย"}),
            ("paragraph", f'<p><a linktype="page" id="{lesson.pk}">บทเรียน</a> '
                          f'<a linktype="document" id="{file.pk}">ไฟล์</a></p>'),
        ],
    )
    link(page, "rests_on", lesson)
    page = publish(page, body=[], topics=[], attachments=[])
    image.delete()
    file.delete()
    lesson.delete()
    topic.delete()
    for rest in ("v/2/", "v/1/to/2/", "v/2/to/3/", "v/2/cite/"):
        text(visitor, page.url + rest)
    shown = text(visitor, page.url + "v/2/")
    assert "คำบรรยาย" not in shown or "<img" not in shown
    assert "2 อย่าง" in shown  # topic and attachment


def test_a_curriculum_and_a_resolution_read_as_they_were(hub, visitor):
    first, other = party("tao", "อบต.ตัวอย่าง"), party("school", "โรงเรียนตัวอย่าง")
    resolution = ResolutionPageFactory()

    def clause(words, *parties):
        new = Clause(number="1", text=words, due=date(2027, 1, 31), locale=resolution.locale)
        new.parties = parties
        return new

    resolution = publish(resolution, clauses=[clause("ให้ตั้งกองทุน", first)])
    key = resolution.clauses.get().translation_key
    amend(resolution, {key: {"texts": {"th": "ให้ยุบกองทุน"}, "parties": [other]}},
          reason="สมัชชาแก้มติ", decided_on=date(2024, 1, 1))
    old = text(visitor, resolution.url + "v/2/")
    assert "ให้ตั้งกองทุน" in old and "อบต.ตัวอย่าง" in old and "31 มกราคม 2570" in old
    assert "ให้ยุบกองทุน" not in old
    difference = text(visitor, resolution.url + "v/2/to/3/")
    assert "<del>" in difference
    was, now = visible_text(difference, without="ins"), visible_text(difference, without="del")
    assert "ให้ตั้งกองทุน" in was and "อบต.ตัวอย่าง" in was
    assert "ให้ยุบกองทุน" in now and "โรงเรียนตัวอย่าง" in now
    secret, open_file = document("เฉลย"), document("ใบงาน")
    curriculum = publish(
        CurriculumPageFactory(), facilitator_notes="เคล็ดลับวิทยากร",
        handouts=[Handout(document=secret, facilitator_only=True), Handout(document=open_file)],
    )
    curriculum = publish(curriculum, facilitator_notes="เคล็ดลับใหม่", handouts=[])
    old = text(visitor, curriculum.url + "v/2/")
    assert "ใบงาน" in old and "เฉลย" not in old
    assert "pack/" not in old
    difference = text(visitor, curriculum.url + "v/1/to/3/")
    assert "เคล็ดลับ" not in difference and "เฉลย" not in difference
    assert "ใบงาน" in text(visitor, curriculum.url + "v/1/to/2/")


def full_model(rows):
    page = ModelPageFactory()
    return publish(
        page, topics=Topic.objects.all()[:3],
        conditions=[Condition(text=f"เงื่อนไข {n}") for n in range(rows)],
        building_blocks=[
            BuildingBlock(title=f"ส่วน {n}", what="ทำ", locale=page.locale) for n in range(rows)
        ],
        contributors=[Contributor(name=f"คน {n}") for n in range(rows)],
        attachments=[Attachment(document=document(f"ไฟล์ {n}")) for n in range(rows)],
        results=[("figure", {"label": f"ผล {n}", "value": "1"}) for n in range(rows)],
    )


def test_the_number_of_queries_does_not_depend_on_the_size(hub):
    counts = []
    for rows in (1, 9):
        page = full_model(rows)
        per_page = []
        for rest in ("v/1/", "v/2/", "v/1/to/2/", "v/2/cite/", "versions/"):
            client = Client()
            client.get(page.url)  # warm the caches of navigation and site
            with CaptureQueriesContext(connection) as queries:
                text(client, page.url + rest)
            per_page.append(len(queries))
        counts.append(per_page)
    assert counts[0] == counts[1]
    assert max(counts[0]) < 45


def test_a_version_equals_its_revision(hub):
    page = full_model(3)
    link(page, "rests_on", LessonPageFactory())
    page = publish(page, problem="ใหม่")
    version = page.published_versions.get(number=2)
    shown, restored = as_published(version, page), version.revision.as_object()
    for data in (
        shown.serializable_data(), restored.serializable_data(), version.revision.content
    ):
        assert content_digest(ModelPage, data) == version.digest


# The editor


def test_the_change_note_is_asked_anew_for_each_version(hub, administrator, signed_in):
    page = publish(ModelPageFactory(), problem="สอง", changes="แก้ข้อสอง")
    assert page.current_version.note == "แก้ข้อสอง"
    assert publish(page, problem="สาม").current_version.note == ""  # the note belongs to version 2
    page = publish(page, problem="สี่", changes="แก้ข้อสี่")
    page = publish(page, changes="แก้ข้อสี่ให้ชัด")  # a note alone is no new version
    assert (numbers(page), page.current_version.note) == ([1, 2, 3, 4], "แก้ข้อสี่ให้ชัด")
    client = signed_in(administrator)
    shown = text(client, f"/admin/pages/{page.pk}/edit/")
    assert 'name="changes"' in shown and "แก้ข้อสี่ให้ชัด" not in shown
    assert f"{page.url}versions/" in shown


def test_a_change_note_is_saved_when_publishing_in_the_editor(hub, moderator, signed_in):
    page = CurriculumPageFactory()
    form = nested_form_data({
        "title": page.title, "slug": page.slug, "summary": "ย่อ", "audience": "ผู้นำ",
        "licence": "cc-by-4.0", "aims": streamfield([("item", "ทำได้เอง")]),
        "competences-count": "0", "body-count": "0",
        "changes": "เปลี่ยนผู้เรียน", "comments": inline_formset([]), "sessions": inline_formset([
            {"title": "ครั้งแรก", "minutes": "60", "key": str(uuid4()), "steps-count": "0"},
        ]),
        "handouts": inline_formset([]), "contributors": inline_formset([]),
        "attachments": inline_formset([]), "chain_links": inline_formset([]),
        "action-publish": "publish",
    })
    response = signed_in(moderator).post(f"/admin/pages/{page.pk}/edit/", form)
    assert response.status_code == 302
    version = CurriculumPage.objects.get(pk=page.pk).current_version
    assert (version.number, version.note) == (2, "เปลี่ยนผู้เรียน")
    assert version.published_by == moderator
