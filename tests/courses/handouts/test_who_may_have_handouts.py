"""Access to the contents of courses: every role × every address.

Everything with restricted access contains a canary: ``canary`` and a name, in its title, file name
and text. ``MAY_READ`` is who may read it on a page, ``MAY_OPEN`` who may open a file. Addresses are
listed in ``addresses`` or have a test of their own below.
"""

import re
from copy import deepcopy
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction

from courses.models import CourseSession, CurriculumPage, DownloadCount, Handout
from courses.packs.build import contents_of
from hub.chain.relations import Relation
from hub.models import Attachment, HomePage, HubDocument, Topic
from tests.conftest import make_user, matrix
from tests.factories import (
    CurriculumPageFactory,
    LessonPageFactory,
    ModelPageFactory,
    SectionPageFactory,
    document,
    link,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
WORD = "นกกะเรียน"  # in every text; the search term
ROLES = ["visitor", "member", "facilitator", "editor", "moderator", "admin"]
SIGNED_IN = set(ROLES) - {"visitor"}
FACILITATORS = {"facilitator", "admin"}
IN_THE_EDITOR = {"editor", "moderator", "admin"}  # who manage documents
MAY_READ = {
    "open": set(ROLES),
    # Facilitators' files and notes of a course that is open to all.
    "guide": FACILITATORS, "notes": FACILITATORS,
    "old": FACILITATORS,  # removed in version 2
    "turned": FACILITATORS,  # was for everybody in version 1
    "elsewhere": FACILITATORS,  # also attached to a public lesson
    # Private courses: "…page" is in the page, "…file" in a handout.
    "memberspage": SIGNED_IN, "membersfile": SIGNED_IN, "membersguide": FACILITATORS,
    "grouppage": {"moderator", "admin"}, "groupfile": {"moderator", "admin"},
    "groupguide": {"admin"},  # the moderator is in the group, but no facilitator
    "draftpage": set(), "draftfile": set(), "draftguide": set(),
    "newfile": set(),  # in a draft of the open course
    "expiredpage": set(), "expiredfile": set(),
    "gonefile": set(),  # for facilitators of a course that was deleted
}
FILES = [name for name in MAY_READ if not name.endswith("page") and name != "notes"]
MAY_OPEN = {name: MAY_READ[name] | IN_THE_EDITOR for name in FILES}


def canary(name):
    return f"canary{name}"


def canaries_in(text) -> set[str]:
    return set(re.findall(r"canary([a-z]+)", text)) & set(MAY_READ)


def allowed_for(role) -> set[str]:
    return {name for name, roles in MAY_READ.items() if role in roles}


def file(name):
    return document(f"{WORD} {canary(name)}", f"{canary(name)}.txt",
                    f"{WORD} {canary(name)} ".encode() * 20)


def publish(page, handouts):
    """``handouts``: pairs of a document and whether it is for facilitators only."""
    page = CurriculumPage.objects.get(pk=page.pk)
    session = page.sessions.first()
    page.handouts = [
        Handout(document=found, facilitator_only=closed, session_key=session and session.key,
                sort_order=place, purpose=found.title)
        for place, (found, closed) in enumerate(handouts)
    ]
    page.save_revision().publish()
    return CurriculumPage.objects.get(pk=page.pk)


@pytest.fixture(scope="module")
def written(world):
    """A course with each kind of access restriction; "files" maps names to documents."""
    english_home = HomePage.objects.get(locale__language_code="en")
    section = SectionPageFactory(title="หมวด")
    topic = Topic.objects.get(slug="education")
    files = {name: file(name) for name in FILES}

    def course(name, **fields):
        text = f"{WORD} {canary(name)}"
        page = CurriculumPageFactory(**{
            "title": text, "slug": f"course-{name}", "summary": text, "audience": text,
            "parent": section, "assessment": text, "facilitator_notes": f"{WORD} canarynotes",
        } | fields)
        page.topics.add(topic)
        steps = [("step", {"minutes": 60, "what": text})]
        page.sessions.add(CourseSession(title=text, steps=steps))
        page.save()
        return page

    found = {"section": section, "files": files}
    page = publish(course("open", title="หลักสูตรเปิด", slug="open"), [
        (files["open"], False), (files["turned"], False), (files["old"], True)])
    Client().get(f"{page.url}pack/")  # a copy names a file that is closed later
    page = publish(page, [(files["open"], False), (files["turned"], True), (files["guide"], True),
                          (files["elsewhere"], True)])
    found["open"] = page
    english = page.copy_for_translation(english_home.locale, copy_parents=True)
    english.save_revision().publish()
    found["english"] = english
    later = page.get_latest_revision_as_object()
    later.handouts.add(Handout(document=files["newfile"]))
    later.save_revision()
    for name in ("members", "group", "draft", "expired"):
        made = course(f"{name}page")
        found[name] = publish(made, [
            (files[f"{name}{kind}"], kind == "guide") for kind in ("file", "guide")
            if f"{name}{kind}" in files
        ])
    PageViewRestriction.objects.create(page_id=found["members"].pk, restriction_type="login")
    rule = PageViewRestriction.objects.create(page_id=found["group"].pk,
                                              restriction_type="groups")
    rule.groups.add(Group.objects.get(name="Moderators"))
    CurriculumPage.objects.filter(pk=found["draft"].pk).update(
        live=False, first_published_at=None, last_published_at=None)
    found["draft"].published_versions.all().delete()
    found["draft"].known_handouts.update(was_public=False, was_closed=False)
    CurriculumPage.objects.filter(pk=found["expired"].pk).update(
        expire_at=timezone.now() - timedelta(seconds=1))
    publish(course("gone", title="ที่ลบ"), [(files["gonefile"], True)]).delete()
    for name in ("open", "members", "group", "draft", "expired"):
        published = found[name].known_handouts.exclude(was_public=False, was_closed=False)
        for known in published:  # as if each had been downloaded
            DownloadCount.objects.create(
                page=found[name], day=timezone.localdate(), kind="handout", count=1,
                document_id=known.document_id,
            )
    lesson = LessonPageFactory(title="บทเรียนเปิด", parent=section)
    lesson.attachments.add(Attachment(document=files["elsewhere"]))
    lesson.save_revision().publish()
    model = ModelPageFactory(title="ตัวแบบเปิด", parent=section)
    for name in ("open", "members", "group", "draft", "expired"):
        link(found[name], Relation.TEACHES, model, evidence_text=canary(f"{name}page")
             if name != "open" else "เปิด")
    for name in ("open", "english", "members", "group"):  # builds the packs once for all tests
        for facilitates in (False, True):
            contents_of(CurriculumPage.objects.get(pk=found[name].pk), facilitates)
    return found | {"lesson": lesson, "model": model}


@pytest.fixture
def courses(written):
    return deepcopy(written)


@pytest.fixture(scope="module")
def people(world):
    groups = {"member": [], "facilitator": ["Facilitators"], "editor": ["Editors"],
              "moderator": ["Moderators"]}
    found = {role: make_user(role, *groups[role]) for role in groups}
    return found | {"admin": make_user("admin", is_superuser=True)}


def read(client, address, **data) -> str:
    """The whole response, stored files of a zip included; does not follow redirects to sign in."""
    answer = client.get(address, data)
    if answer.status_code in (301, 302) and "login" not in answer["Location"]:
        answer = client.get(answer["Location"], follow=True)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode(errors="replace")


OF_A_PAGE = ["", "json/", "pack/", "chain/", "chain/json/", "versions/", "v/1/", "v/2/",
             "v/1/to/2/", "v/1/cite/", "v/2/cite/csl-json/", "since/", "since/1/", "since/2/",
             "since/1/pack/", "follow/", "follow/asked/", "downloads/", "downloads/csv/",
             "downloads/json/"]
OF_THE_SITE = ["/", "/en/", "/robots.txt", "/sitemap.xml", "/chain/broken/", "/chain/broken/csv/",
               "/lessons-used/json/", "/api/v2/pages/", "/api/v2/documents/"]


PAGES = ["open", "english", "members", "group", "draft", "expired", "lesson", "model"]


def addresses(courses, pages=PAGES) -> list[str]:
    found = [courses[name].url + rest for name in pages for rest in OF_A_PAGE]
    return found + OF_THE_SITE + [courses["section"].url]


@pytest.mark.parametrize("role", matrix(
    # The administrator may read nearly everything.
    ROLES[:-1], quick=["visitor", "facilitator", "moderator"]
))
def test_no_address_reveals_more_than_the_role_may_read(courses, client_of, role, thorough):
    client = client_of(role)
    pages = PAGES if thorough else ["open", "members", "group", "lesson"]
    for address in addresses(courses, pages):
        said = read(client, address)
        assert canaries_in(said) <= allowed_for(role), (address, role)
    seen = canaries_in(read(client, courses["open"].url))
    assert "open" in seen
    assert ({"guide", "notes"} <= seen) == (role in FACILITATORS)


def test_visitors_are_asked_to_sign_in_and_see_nothing(courses, visitor):
    for name in ("members", "group"):
        for rest in OF_A_PAGE:
            answer = visitor.get(courses[name].url + rest)
            assert answer.status_code in (302, 404), (name, rest)
            assert WORD not in answer.content.decode()
    for name in ("draft", "expired"):
        for rest in OF_A_PAGE:
            assert visitor.get(courses[name].url + rest).status_code == 404, (name, rest)


def test_pages_and_packs_open_for_roles_that_may_read_them(courses, client_of):
    for role in ROLES:
        client = client_of(role)
        for name in ("members", "group", "draft", "expired"):
            for rest in ("", "pack/", "json/"):
                status = client.get(courses[name].url + rest).status_code
                assert (status == 200) == (role in MAY_READ[f"{name}page"]), (name, rest, role)


def test_packs_contain_what_the_role_may_have(courses, client_of):
    for role in ROLES:
        client = client_of(role)
        for page in ("open", "english", "members", "group"):
            packed = canaries_in(read(client, courses[page].url + "pack/"))
            assert packed <= allowed_for(role), (page, role)
            if page == "open":
                assert "open" in packed
                assert ("guide" in packed) == (role in FACILITATORS), role


def test_files_open_for_roles_that_may_have_them(courses, client_of):
    for role in ROLES:
        client = client_of(role)
        for name in FILES:
            for address in (courses["files"][name].url, courses["files"][name].file.name):
                answer = client.get(address if address.startswith("/") else f"/media/{address}")
                opened = answer.status_code == 200
                expected = role in MAY_OPEN[name] and address.startswith("/")
                assert opened == expected, (name, role, address)


def test_search_and_suggestions_do_not_reveal_closed_files_and_notes(courses, client_of, thorough):
    for role in ROLES if thorough else ["visitor", "facilitator", "admin"]:
        client = client_of(role)
        # Facilitators' files are found by nobody: the index does not contain them.
        never = set(FILES) - {"open", "membersfile", "groupfile"} | {"notes"}
        allowed = allowed_for(role) - never
        answer = client.get("/search/", {"q": WORD})
        assert canaries_in(answer.content.decode()) <= allowed
        for name in MAY_READ:
            for question in (canary(name), canary(name)[:-1])[:2 if thorough else 1]:
                found = client.get("/search/", {"q": question})
                text = found.content.decode().replace(question, "")
                assert canaries_in(text) <= allowed, (question, role)
                if question == canary(name) and name not in allowed:
                    assert found.context["total"] == 0, (name, role)
                typed = read(client, "/search/suggest/", q=question).replace(question, "")
                assert canaries_in(typed) <= allowed, (question, role)
        if role == "admin":  # otherwise an empty index would pass
            assert {"memberspage", "membersfile", "grouppage"} <= canaries_in(
                answer.content.decode() + read(client, "/search/", q=WORD, page=2))


def test_feeds_contain_only_what_is_public(courses, client_of, thorough):
    for role in ROLES if thorough else ["facilitator", "visitor"]:
        client = client_of(role)
        for address in ("/search/feed/", "/en/search/feed/")[:2 if thorough else 1]:
            for question in [{}, {"q": WORD}, {"topic": "education"}, *({"q": canary(n)}
                                                                       for n in MAY_READ)]:
                found = "".join(re.findall(r"<entry>.*?</entry>", read(client, address, **question),
                                           re.S))
                assert canaries_in(found) <= {"open"}, (address, question)


def test_pages_of_facilitators_are_not_served_from_the_cache(courses, client_of, thorough):
    facilitator, visitor = client_of("facilitator"), Client()
    visitor.handler = facilitator.handler  # one process, one cache
    pages = ["open", "english", "members", "lesson"] if thorough else ["open"]
    for address in addresses(courses, pages):
        for client in (facilitator, visitor, facilitator, visitor):
            text = read(client, address)
        assert canaries_in(text) <= {"open"}, address
    for name in FILES:
        address = courses["files"][name].url
        kept = facilitator.get(address)
        if name != "open" and kept.status_code == 200:
            assert "public" not in kept.get("Cache-Control", ""), name
        headers = {"HTTP_IF_NONE_MATCH": kept.get("ETag", '"x"')}
        answer = visitor.get(address, **headers)
        assert (answer.status_code in (200, 304)) == (name == "open"), name


def test_structured_data_never_contains_facilitators_files(courses, client_of):
    """Not even for facilitators: the data is passed on."""
    for role in ROLES:
        client = client_of(role)
        data = read(client, courses["open"].url + "json/")
        assert canaries_in(data) == {"openpage", "open"} & canaries_in(data), role
        assert "Course" in data
        page = read(client, courses["open"].url)
        block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1]
        assert canaries_in(block) <= {"open"}, role


def test_a_closed_file_opens_when_all_published_courses_hand_it_to_everybody(courses, visitor):
    guide = courses["files"]["guide"]
    assert visitor.get(guide.url).status_code == 403
    page = publish(courses["open"], [(guide, False)])
    assert visitor.get(guide.url).status_code == 403, "its translation still closes it"
    publish(courses["english"], [(guide, False)])
    assert visitor.get(guide.url).status_code == 200
    assert "guide" in canaries_in(read(visitor, page.url))


def test_a_file_closed_and_then_removed_is_not_shown_in_earlier_versions(courses, visitor):
    turned = courses["files"]["turned"]  # for everybody in version 1, closed in version 2
    for name in ("open", "english"):
        publish(courses[name], [])
    page = CurriculumPage.objects.get(pk=courses["open"].pk)
    assert visitor.get(turned.url).status_code == 403
    assert "turned" not in canaries_in(read(visitor, f"{page.url}v/1/"))


def test_a_file_of_an_earlier_version_stays_open(courses, visitor):
    opened = courses["files"]["open"]
    page = publish(courses["open"], [])
    assert "open" in canaries_in(read(visitor, page.url + "v/1/"))
    assert visitor.get(opened.url).status_code == 200


def test_a_draft_does_not_close_a_public_file(courses, visitor):
    opened = courses["files"]["open"]
    CurriculumPageFactory(parent=courses["section"], live=False, handouts=[
        Handout(document=opened, facilitator_only=True)])
    assert visitor.get(opened.url).status_code == 200


def test_a_draft_does_not_close_a_file_attached_to_a_public_page(courses, visitor):
    made = HubDocument.objects.get(pk=document("ทั่วไป", "ทั่วไป.txt").pk)
    lesson = courses["lesson"]
    lesson.attachments.add(Attachment(document=made))
    lesson.save_revision().publish()
    draft = CurriculumPageFactory(parent=courses["section"], live=False)
    draft.handouts.add(Handout(document=made))
    draft.save_revision()
    assert visitor.get(made.url).status_code == 200
