"""Catalogues compile without gettext, and are spoken at once by whoever compiled them."""

from django.core.management import call_command
from django.utils.translation import gettext, override

CATALOGUE = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "a word that nobody translated"
msgstr "คำที่เพิ่งแปล"
"""


def test_compiled_catalogues_are_used_at_once(settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path]
    with override("th"):
        assert gettext("a word that nobody translated") == "a word that nobody translated"
    folder = tmp_path / "th/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(CATALOGUE, "utf-8")
    call_command("compile_catalogues", verbosity=0)
    with override("th"):
        assert gettext("a word that nobody translated") == "คำที่เพิ่งแปล"
