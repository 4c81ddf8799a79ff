"""One version, told wherever somebody asks for it."""

import re
import tomllib
from pathlib import Path

import pytest

from hub import __version__

ROOT = Path(__file__).resolve().parents[3]


def test_the_package_and_the_newest_release_in_the_changelog_have_it():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == __version__
    released = re.findall(r"^## \[(\d[^]]*)\] - \d{4}-\d\d-\d\d$",
                          (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert released[0] == __version__


@pytest.mark.django_db
def test_whoever_enters_the_admin_sees_it(hub, editor, signed_in):
    client = signed_in(editor)
    for language, text in (("th", f"คลังความรู้รุ่น {__version__}"),
                           ("en", f"Version {__version__} of the hub")):
        editor.wagtail_userprofile.preferred_language = language
        editor.wagtail_userprofile.save()
        assert text in client.get("/admin/").content.decode()
