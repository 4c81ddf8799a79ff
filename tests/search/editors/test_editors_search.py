"""The search of Wagtail's admin finds Thai, drafts included, through the hub's engine."""

import os
import shutil

import pytest
from django.core.management import call_command
from django.urls import reverse

from hub.models import Topic
from search.editors import wagtail_backend
from tests.factories import LessonPageFactory, SectionPageFactory, document

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db, pytest.mark.editors_search]


@pytest.fixture
def client(hub, editor, signed_in):
    return signed_in(editor)


def explorer(client, text):
    from hub.models import HomePage

    home = HomePage.objects.get(locale__language_code="th")
    answer = client.get(reverse("wagtailadmin_explore", args=[home.pk]), {"q": text})
    return answer.content.decode()


def test_the_explorer_finds_thai_words_inside_titles(client):
    section = SectionPageFactory()
    LessonPageFactory(title="บทเรียนข้าวพื้นเมือง", parent=section)
    LessonPageFactory(title="วิทยุข่าวชุมชน", parent=section)
    body = explorer(client, "ข้าว")
    assert "บทเรียนข้าวพื้นเมือง" in body
    assert "วิทยุข่าวชุมชน" not in body


def test_editors_find_drafts(client):
    LessonPageFactory(title="ร่างเรื่องปูม้า", parent=SectionPageFactory(), live=False)
    assert "ร่างเรื่องปูม้า" in explorer(client, "ปูม้า")


def test_pages_are_found_by_their_texts_too(client):
    LessonPageFactory(title="บทเรียน", event="แม่ปูสลัดไข่", parent=SectionPageFactory())
    assert "บทเรียน" in explorer(client, "สลัดไข่")


def test_choosers_find_files_and_snippets_while_typing(client):
    document("คู่มือป่าชุมชน")
    body = client.get(reverse("wagtaildocs_chooser:choose_results"), {"q": "ป่า"})
    assert "คู่มือป่าชุมชน" in body.content.decode()
    for name in ("ชาวสวนยาง", "ชาวนาเกลือ"):
        Topic.objects.create(slug=str(len(name)), name_th=name)
    body = client.get(reverse("wagtailsnippets_hub_topic:list"), {"q": "ชาวสว"}).content.decode()
    assert "ชาวสวนยาง" in body
    assert "ชาวนาเกลือ" not in body


@pytest.mark.parametrize("loss", [
    lambda folder: shutil.rmtree(folder),
    lambda folder: [path.write_bytes(os.urandom(path.stat().st_size))
                    for path in folder.glob("g-*/*") if path.stat().st_size > 9],
], ids=["gone", "damaged"])
def test_without_an_editors_index_names_are_found_until_it_is_filled_again(client, loss):
    found, body = "บทเรียนข้าวพื้นเมือง", "กระชังน้ำกร่อย"
    LessonPageFactory(title=found, parent=SectionPageFactory(), event=body)
    assert found in explorer(client, body)
    loss(wagtail_backend._engine().path)
    assert found in explorer(client, "ข้าว")
    assert found not in explorer(client, body)
    LessonPageFactory(title="อีกหน้า", parent=SectionPageFactory())
    assert found in explorer(client, "ข้าว")
    call_command("keep_schedule", "--once")
    assert found in explorer(client, body)
    assert wagtail_backend.has_editors_index()
    assert Topic.objects.exists()


def test_engine_operators_are_plain_text(client):
    for typed in ('"', 'a"b', 'zzzz")OR("lesson', "*", "title:x", "-", "\x00", "ก" * 5000):
        assert explorer(client, typed)


def test_saved_objects_are_indexed_before_waiting_files_are_read(
    hub, settings, django_capture_on_commit_callbacks
):
    """A folder of files takes the worker minutes."""
    from django_tasks_db.models import DBTaskResult

    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(3):
            document(f"ใบงาน {number}", f"{number}.txt", "ปลา".encode())
        LessonPageFactory(title="ปลากระบอก")
    # In the order in which a worker takes them.
    waiting = list(DBTaskResult.objects.values_list("task_path", flat=True))
    assert waiting[-3:] == ["search.extraction.tasks.extract_text"] * 3
    assert "modelsearch.tasks.insert_or_update_object_task" in waiting[:-3]
