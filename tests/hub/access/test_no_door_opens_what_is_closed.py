"""Behind no public address does a reader find a word of what they may not have.

Each closed thing has a canary in its title, its file's name and its content, and is named by open
pages in every way there is. The addresses come from the URL resolver and from the routes of the
page types; zips, EPUBs and PDFs are read inside.
"""

import html
import io
import re
import zipfile
from copy import deepcopy
from datetime import date
from urllib.parse import unquote

import pypdfium2
import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.urls.converters import get_converters
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    GroupPagePermission,
    PageViewRestriction,
)

from courses.models import CourseSession, CurriculumPage, Handout
from courses.models.short_address import ShortAddress
from hub.access.readers import Reader, anybody
from hub.chain.relations import Relation
from hub.models import Attachment, HubDocument, HubImage, KnowledgePage
from hub.versions.citations import FORMS
from policy.models import ClauseReport, Hearing, Withdrawal
from tests.conftest import make_user, matrix
from tests.factories import (
    AssemblyPageFactory,
    CurriculumPageFactory,
    LessonPageFactory,
    ModelPageFactory,
    SectionPageFactory,
    document,
    link,
)
from tests.policy.conftest import make_other_party, make_party, make_resolution

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
WORD = "นกกะเรียน"
ROLES = ["visitor", "member", "facilitator", "theirs", "ours"]
MAY_HAVE = {
    "open": set(ROLES),
    "file": {"ours"}, "picture": {"ours"}, "page": {"ours"},  # of one organisation
    "later": {"ours"},  # was open in version 1, and in packs that were downloaded
    "draft": set(), "guide": {"facilitator"},  # a draft's file; facilitators' handout
    "evidence": set(), "withdrawn": set(),  # private, and withdrawn, evidence of a report
}


def canary(name):
    return f"canary{name}"


def canaries_in(text) -> set[str]:
    return set(re.findall(r"canary([a-z]+)", text)) & set(MAY_HAVE)


def file(name, **fields):
    return document(f"{WORD} {canary(name)}", f"{canary(name)}.txt",
                    f"{WORD} {canary(name)} ".encode() * 20, **fields)


@pytest.fixture(scope="module")
def people(world):
    groups = {"member": [], "facilitator": ["Facilitators"], "theirs": ["theirs"],
              "ours": ["ours"]}
    found = {role: make_user(role, *groups[role]) for role in groups}
    theirs = Group.objects.get(name="theirs")
    theirs.permissions.add(Permission.objects.get(codename="access_admin"))
    GroupPagePermission.objects.create(
        group=theirs, page=world.page_ptr, permission=Permission.objects.get(
            codename="change_page"))
    return found


@pytest.fixture(scope="module")
def written(people, world):
    ours = Group.objects.get(name="ours")
    section = SectionPageFactory(title="หมวด")
    private = Collection.get_first_root_node().add_child(name="ours")
    files = {"open": file("open"), "file": file("file", collection=private),
             "later": file("later"), "guide": file("guide"), "draft": file("draft")}
    picture = HubImage.objects.create(
        title=canary("picture"), file=get_test_image_file(f"{canary('picture')}.png"),
        alt_text=canary("picture"), credit=canary("picture"), collection=private)
    text = dict.fromkeys(["title", "summary", "problem"], f"{WORD} {canary('page')}")
    closed = ModelPageFactory(parent=section, slug=canary("page"), **text)
    draft = LessonPageFactory(parent=section, title=canary("draft"), slug=canary("draft"),
                              live=False, summary=canary("draft"))
    draft.attachments.add(Attachment(document=files["draft"]))
    draft.save()
    links = "".join(
        f'<a linktype="document" id="{found.pk}">{name} </a>' for name, found in files.items()
    ) + "".join(f'<a linktype="page" id="{found.pk}">หน้า </a>' for found in (closed, draft))
    body = [("paragraph", f"<p>{links}</p>"), ("picture", {"image": picture, "caption": "ภาพ"})]

    def shows_everything(page):
        page.body = body
        page.attachments = [
            Attachment(document=found, sort_order=place)
            for place, (name, found) in enumerate(files.items()) if name != "draft"]
        page.save_revision().publish()
        for name, found in files.items():
            link(page, next(iter(page.chain)), closed if name == "file" else model,
                 evidence_document=found)
        return type(page).objects.get(pk=page.pk)

    model = ModelPageFactory(parent=section, title="ตัวแบบเปิด")
    lesson = shows_everything(LessonPageFactory(parent=section, title="บทเรียนเปิด"))
    course = CurriculumPageFactory(parent=section, title="หลักสูตรเปิด")
    course.sessions.add(CourseSession(title="ช่วงแรก"))
    session = course.sessions.first()
    course.handouts = [
        Handout(document=found, facilitator_only=name == "guide", sort_order=place,
                session_key=session.key if name in ("open", "file") else None)
        for place, (name, found) in enumerate(files.items()) if name != "draft"]
    course = shows_everything(course)
    for taught in (model, closed, draft):
        link(course, Relation.TEACHES, taught)
    packs = {"visitor": Client(), "facilitator": Client()}
    packs["facilitator"].force_login(people["facilitator"])
    for client in packs.values():
        assert "later" in canaries_in(read(client.get(course.url + "pack/")))
    course.summary = "ฉบับที่สอง"
    course.save_revision().publish()
    resolution = make_resolution(make_party(), make_other_party())
    assembly = AssemblyPageFactory(parent=section, title="สมัชชา")
    for name in ("file", "open", "later"):
        assembly.hearings.add(Hearing(date=date(2023, 5, 1), place=name, minutes=files[name]))
    assembly.save_revision().publish()
    clause = resolution.clauses.first()
    for name in ("evidence", "withdrawn"):
        report = ClauseReport(clause_key=clause.translation_key, party=clause.parties.first(),
                              claim="ซ่อมแล้ว", file_is_private=name == "evidence")
        report.file.save(f"{canary(name)}.txt", ContentFile(canary(name).encode()), save=False)
        report.save()
        if name == "withdrawn":
            Withdrawal.objects.create(report=report, reason="ผิด")
    for address in (lesson.url, course.url):  # draws the picture in its sizes while it is open
        Client().get(address)
    files["later"].collection = private
    files["later"].save()
    for rule in (
        CollectionViewRestriction.objects.create(collection=private, restriction_type="groups"),
        PageViewRestriction.objects.create(page=closed.page_ptr, restriction_type="groups"),
    ):
        rule.groups.add(ours)
    picture.get_rendition("width-360")
    return {"course": course, "lesson": lesson, "model": model, "closed": closed, "draft": draft,
            "section": section, "resolution": resolution, "assembly": assembly,
            "home": world, "files": files, "picture": picture, "clause": clause}


@pytest.fixture
def things(written):
    return deepcopy(written)


# Addresses


def of_pages(things):
    """Every route of every page that is open; the numbers of versions are 1 and 2."""
    values = {"number": [1, 2], "old": [1], "new": [2], "form": list(FORMS), "label": ["1"],
              "kind": ["csv"], "pk": [1], "key": ["00000000-0000-4000-8000-000000000000"]}
    for name in ("home", "section", "lesson", "model", "course", "resolution", "assembly"):
        page = things[name]
        yield page.url
        for route in getattr(page, "get_subpage_urls", list)():
            for options in _filled(route.pattern.converters, values):
                yield page.url + page.reverse_subpage(route.name, kwargs=options)


def of_the_resolver(things):
    """Every other public address, with all that its parts may name."""
    renditions = [r.file.name for r in things["picture"].renditions.all()]
    assert renditions
    originals = [f.file.name for f in (things["picture"], *things["files"].values())]
    values = {
        "pk": [1, 2, 3], "token": ["x"], "restriction_id": [1], "page_view_restriction_id": [1],
        "page_id": [things["closed"].pk], "name": [*renditions, *originals],
        "topic": ["fishers"], "lesson_type": ["lesson"], "kind": ["csv", "clausereport"],
        "file": [1], "meeting": [1], "enrolment": [1], "post": [1],
        "code": [ShortAddress.objects.for_page(things["course"]).code], "version": [1, 2],
        "assembly": [things["assembly"].pk], "party": ["tao"], "area": ["9001"],
        "key": [str(things["clause"].translation_key)],
    }
    for pattern in _leaves(get_resolver().url_patterns):
        if pattern.name in (None, "wagtail_serve") or pattern.name.startswith(
                ("account_", "member_", "mfa_")):
            continue
        if pattern.name in ("document", "wagtaildocs_serve"):
            for found in things["files"].values():
                yield reverse(pattern.name, args=[found.pk, found.filename])
            continue
        for options in _filled(pattern.pattern.converters, values):
            try:
                yield reverse(pattern.name, kwargs=options)
            except NoReverseMatch:
                assert "kind" in options or "version" in options, pattern.name


def _leaves(patterns):
    for pattern in patterns:
        if not hasattr(pattern, "url_patterns"):
            yield pattern
        elif not str(pattern.pattern).startswith("admin/"):
            yield from _leaves(pattern.url_patterns)


def _filled(converters, values) -> list[dict]:
    """Every way to fill in the parts of an address."""
    assert converters.keys() <= values.keys(), "name what stands in a new address"
    found = [{}]
    for name, converter in converters.items():
        fitting = [v for v in values[name] if isinstance(v, int) == isinstance(
            converter, type(get_converters()["int"]))]
        found = [options | {name: value} for options in found for value in fitting]
    return found


SEARCHES = ["/search/?q=" + WORD, "/search/suggest/?q=" + WORD, "/search/feed/?q=" + WORD,
            *(f"/search/?q=canary{name}" for name in MAY_HAVE),
            "/en/", "/en/search/feed/", "/sitemap.xml", "/api/v2/pages/", "/api/v2/documents/"]


def read(answer) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return _text(content)


def _text(content) -> str:
    """All words in a file: of zips the names and the files inside, of PDFs the text."""
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(f"{name}\n{_text(archive.read(name))}" for name in archive.namelist())
    if content.startswith(b"%PDF"):
        pages = pypdfium2.PdfDocument(content)
        return "\n".join(page.get_textpage().get_text_range() for page in pages)
    return unquote(html.unescape(content.decode(errors="replace")))


def answer_to(client, address) -> str:
    """What is read at ``address`` without the address itself, which pages repeat."""
    answer = client.get(address)
    said = read(answer) + unquote(answer.get("Content-Disposition", ""))
    for asked in (unquote(address), address, unquote(address.rpartition("q=")[2])):
        said = said.replace(asked, "")
    return said


@pytest.mark.parametrize("role", matrix(ROLES, quick=["visitor", "facilitator", "theirs"]))
def test_no_address_tells_more_than_the_reader_may_have(things, client_of, role):
    client, allowed = client_of(role), {n for n, roles in MAY_HAVE.items() if role in roles}
    seen = set()
    for address in [*of_pages(things), *of_the_resolver(things), *SEARCHES]:
        found = canaries_in(answer_to(client, address))
        assert found <= allowed, (address, role, found - allowed)
        seen |= found
    assert "open" in seen
    if role == "facilitator":
        assert "guide" in seen
    if role == "ours":
        assert {"file", "picture"} <= seen


@pytest.mark.parametrize("role", ROLES)
def test_pages_and_files_open_for_those_who_may_have_them(things, client_of, role):
    client = client_of(role)
    opened = {name for name, found in things["files"].items()
              if client.get(found.url).status_code == 200}
    rendition = things["picture"].renditions.first()
    opened |= {"picture"} if client.get(rendition.url).status_code == 200 else set()
    opened |= {"page"} if client.get(things["closed"].url).status_code == 200 else set()
    expected = {name for name, roles in MAY_HAVE.items() if role in roles}
    assert opened == expected - {"evidence", "withdrawn"}
    shown = canaries_in(read(client.get(things["lesson"].url)))
    assert shown == expected & {"open", "file", "later", "picture", "guide", "page"}


def test_packs_hold_what_all_who_get_them_may_have(things, client_of):
    for role in ROLES:
        packed = canaries_in(read(client_of(role).get(things["course"].url + "pack/")))
        assert packed == ({"open", "guide"} if role == "facilitator" else {"open"}), role


def test_a_pack_of_a_private_course_holds_what_its_readers_may_have(things, client_of):
    rule = PageViewRestriction.objects.create(
        page_id=things["course"].pk, restriction_type="groups")
    rule.groups.add(Group.objects.get(name="ours"))
    packed = canaries_in(read(client_of("ours").get(things["course"].url + "pack/")))
    assert packed == {"open", "file", "later"}


def test_a_file_leaves_the_pack_when_a_bulk_action_makes_it_private(
    things, client_of, signed_in, administrator
):
    visitor, course, opened = client_of("visitor"), things["course"], things["files"]["open"]
    assert "open" in canaries_in(read(visitor.get(course.url + "pack/")))
    assert "open" in canaries_in(read(visitor.get(course.url)))
    answer = signed_in(administrator).post(
        f"{reverse('wagtail_bulk_action', args=['hub', 'hubdocument', 'add_to_collection'])}"
        f"?id={opened.pk}", {"collection": things["files"]["file"].collection_id})
    assert answer.status_code == 302
    assert HubDocument.objects.get(pk=opened.pk).collection.name == "ours"
    for rest in ("pack/", "", "json/", "versions/", "since/1/", "v/1/to/2/"):
        assert canaries_in(read(visitor.get(course.url + rest))) == set(), rest


def test_one_function_agrees_with_the_lists(things, rf, people):
    for role in ROLES:
        request = rf.get("/")
        request.session = {}
        reader = anybody()
        if role != "visitor":
            request.user = people[role]
            reader = Reader(request)
        files = list(things["files"].values())
        assert reader.having(files) == [f for f in files if reader.may_have(f)]
        pages = KnowledgePage.objects.all()
        assert set(reader.readable(pages)) == {p for p in pages if reader.may_read(p)}
    assert CurriculumPage.objects.open_to_all().get() == things["course"]
