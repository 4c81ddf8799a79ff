"""A course participant downloads one handout, or the whole pack with its Thai names intact."""

import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parents[3]
CURRICULA = ROOT / "demonstration/content/curriculum"
COURSE = tomllib.loads((CURRICULA / "community-fisheries-course.th.toml").read_text("utf-8"))
PUBLIC = [h for h in COURSE["handouts"] if not h["facilitator_only"]]
FACILITATORS = [h for h in COURSE["handouts"] if h["facilitator_only"]]


@pytest.fixture
def course(visitor):
    visitor.goto("/search/?kind=curriculum")
    visitor.locator(".result h2 a", has_text=COURSE["title"]).click()
    return visitor


def pack_of(page, tmp_path) -> Path:
    with page.expect_download() as download:
        page.locator(".pack > a.button").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_one_handout_is_downloaded_under_its_thai_name(course, tmp_path):
    for handout in PUBLIC:
        link = course.locator("a.file", has_text=handout["title"]).first
        answer = course.request.get(link.get_attribute("href"))
        assert answer.status == 200
        from urllib.parse import quote

        assert quote(handout["file_name"]) in answer.headers["content-disposition"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_pack_says_its_size_and_holds_every_public_file(course, tmp_path):
    expect(course.locator(".pack")).to_contain_text(str(len(PUBLIC)))
    with zipfile.ZipFile(pack_of(course, tmp_path)) as pack:
        assert pack.testzip() is None
        names = [Path(name).name for name in pack.namelist()]
        for handout in PUBLIC:
            assert any(name.endswith(handout["file_name"]) for name in names), handout
        for handout in FACILITATORS:
            assert not any(handout["file_name"] in name for name in names)


@pytest.mark.parametrize(
    "command", [["unzip", "-Z1"], ["7z", "l", "-ba", "-slt", "-sccUTF-8"]], ids=["unzip", "7z"]
)
def test_other_programs_read_the_thai_names(course, tmp_path, command):
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not on this machine.")
    path = pack_of(course, tmp_path)
    listed = subprocess.run(
        [*command, str(path)], capture_output=True, text=True, check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    ).stdout
    for handout in PUBLIC:
        assert handout["file_name"] in listed


def test_a_facilitator_gets_the_facilitators_files_too(sign_in, course, tmp_path):
    address = course.url
    guide = FACILITATORS[0]
    assert not course.locator("a.file", has_text=guide["title"]).count()
    page = sign_in("facilitator")
    page.goto(address)
    expect(page.locator("a.file", has_text=guide["title"])).to_be_visible()
    href = page.locator("a.file", has_text=guide["title"]).get_attribute("href")
    assert page.request.get(href).status == 200
    assert course.request.get(href).status == 403
    with zipfile.ZipFile(pack_of(page, tmp_path)) as pack:
        assert any(guide["file_name"] in name for name in pack.namelist())
