"""Architecture rules that are checked on the code and the catalogues."""

import re
from pathlib import Path

import polib
import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[1]
SIBLINGS = {"lessons", "models_lib", "courses", "policy", "search", "members"}


def test_no_foreign_key_goes_from_one_app_to_its_sibling():
    for app in SIBLINGS:
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.get_fields():
                other = field.related_model and field.related_model._meta.app_label
                if field.auto_created and not field.concrete:
                    continue  # a reverse relation
                assert other not in SIBLINGS - {app}, f"{model.__name__}.{field.name}"


def test_hub_has_no_foreign_key_to_an_app_above_it():
    for model in apps.get_app_config("hub").get_models():
        for field in model._meta.get_fields():
            if field.concrete and field.related_model:
                assert field.related_model._meta.app_label not in SIBLINGS


def test_every_kind_of_page_has_a_template_at_wagtails_path():
    from hub.models.knowledge_page import knowledge_page_types

    for model in knowledge_page_types():
        assert (ROOT / "templates" / model.template).exists(), model


def test_a_page_type_without_a_stage_is_an_error():
    from hub import checks
    from lessons.models import LessonPage

    stage = LessonPage.stage
    assert checks.knowledge_page_types_are_whole(None) == []
    try:
        LessonPage.stage = None
        assert [e.id for e in checks.knowledge_page_types_are_whole(None)] == ["hub.E001"]
    finally:
        LessonPage.stage = stage


@pytest.mark.parametrize("folder", ["th", "en", "wagtail/th", "accounts/th", "accounts/en"])
def test_the_catalogues_are_complete_and_keep_placeholders(folder):
    catalogue = polib.pofile(str(ROOT / f"locale/{folder}/LC_MESSAGES/django.po"))
    assert catalogue.percent_translated() == 100
    for entry in catalogue:
        wanted = set(re.findall(r"%\(\w+\)s", entry.msgid_plural or entry.msgid))
        for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            assert wanted >= set(re.findall(r"%\(\w+\)s", text)), entry.msgid
            assert set(re.findall(r"%\(\w+\)s", entry.msgid)) <= wanted


def test_english_has_every_string_that_thai_has():
    """What is missing there would be shown in Thai, the language that others fall back to."""
    thai, english = (
        {(entry.msgctxt, entry.msgid)
         for entry in polib.pofile(str(ROOT / f"locale/{language}/LC_MESSAGES/django.po"))}
        for language in ("th", "en")
    )
    assert thai == english


def test_the_catalogues_have_every_string_of_the_code():
    """Finds marked strings by itself, so that gettext is not needed."""
    known = {e.msgid for e in polib.pofile(str(ROOT / "locale/th/LC_MESSAGES/django.po"))}
    python = re.compile(r'\b(?:_|gettext|gettext_lazy)\(\s*((?:"[^"]*"\s*)+)\)')
    template = re.compile(r'{%\s*translate\s+"([^"]+)"')
    for folder in ("hub", "demonstration", *SIBLINGS):
        for path in (ROOT / folder).rglob("*.py"):
            for found in python.findall(path.read_text("utf-8")):
                text = "".join(re.findall(r'"([^"]*)"', found))
                assert text in known, f"{path}: {text}"
    for path in (ROOT / "templates").rglob("*.html"):
        for text in template.findall(path.read_text("utf-8")):
            assert text in known, f"{path}: {text}"


def test_an_audit_without_network_fails():
    import os
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "audit"], cwd=ROOT, capture_output=True, text=True, timeout=240,
        env=os.environ | {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"},
    )
    assert done.returncode == 2
    assert "audited" in done.stderr
