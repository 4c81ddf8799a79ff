"""Who may read a lesson: roles × ways to read × openness.

Every text of a closed lesson, of its files and of answers about it contains a canary: ``canary``
and a name. A way to read is a function in ``PUBLIC_WAYS`` or an address in ``ADMIN_ADDRESSES``; a
test below tries each with every role. Add new ways there.
"""

import re
from copy import deepcopy
from datetime import timedelta
from urllib.parse import quote, unquote

import pytest
from django.utils import timezone
from wagtail.images.tests.utils import get_test_image_file as get_image_file
from wagtail.models import Site

from hub.chain.relations import Relation
from hub.models import Attachment, Contributor, HomePage, HubImage, Topic
from lessons.masking import masked_copy
from lessons.models import LessonPage, MaskedLesson
from lessons.suggestions.answers import save_answer
from tests.conftest import make_user, matrix
from tests.factories import (
    LessonPageFactory,
    ModelPageFactory,
    SectionPageFactory,
    document,
    link,
    organisation,
)

pytestmark = [
    pytest.mark.django_db, pytest.mark.editors_search, pytest.mark.any_database,
]
WORD = "นกกะเรียน"  # in every text; what is searched for
ROLES = ["visitor", "member", "ours", "author", "theirs", "editor", "moderator", "superuser"]
INSIDE = {"ours", "author", "superuser"}  # of the organisation, or the machine's administrator
IN_THE_EDITOR = {"author", "superuser"}
CLOSED = ["private", "anonymised", "aggregate"]
# What may be known of each lesson, and by whom.
MAY_READ = {
    "open": set(ROLES), "copy": set(ROLES),
    **dict.fromkeys([*CLOSED, "english", "alias", "draft", "closedlive"], INSIDE),
}


def canary(name):
    return f"canary{name}"


def canaries_in(text) -> set[str]:
    return set(re.findall(r"canary([a-z]+)", text)) & set(MAY_READ)


def texts(name):
    value = f"{WORD} {canary(name)}"
    return dict.fromkeys(
        ["title", "summary", "event", "expected", "happened", "why", "next_time"], value
    ) | {"slug": canary(name)}


@pytest.fixture(scope="module")
def people(world):
    """Who signs in, by role; "theirs" is of another organisation, which has an editor, too."""
    ours, theirs = (organisation(n).group.name for n in ("กลุ่มบ้านเรา", "กลุ่มบ้านโน้น"))
    groups = {"member": [], "ours": [ours], "author": ["Editors", ours],
              "theirs": ["Editors", theirs], "editor": ["Editors"], "moderator": ["Moderators"]}
    found = {role: make_user(role, *groups[role]) for role in groups}
    return found | {"superuser": make_user("superuser", is_superuser=True)}


@pytest.fixture(scope="module")
def written(people):
    """One lesson of every openness and whatever may be made of it, by name."""
    author, editor, moderator = (people[role] for role in ("author", "editor", "moderator"))
    english_home = HomePage.objects.get(locale__language_code="en")
    section = SectionPageFactory(title="หมวด", stages="lesson,model")
    ours = organisation("กลุ่มบ้านเรา")
    topic = Topic.objects.get(slug="fishers")

    def lesson(name, parent=section, factory=LessonPageFactory, **fields):
        page = factory(parent=parent, live=False, **texts(name) | fields)
        page.topics.add(topic)
        page.contributors.add(Contributor(name=canary(name)))
        page.attachments.add(Attachment(document=document(
            canary(name), f"{canary(name)}.txt", f"{WORD} {canary(name)} ".encode() * 20)))
        page.body = [("picture", {"image": picture(name), "caption": canary(name)})]
        page.save_revision(user=author)
        return page

    found = {"open": lesson("open"), "section": section}
    for name in CLOSED:
        found[name] = lesson(name, openness=name, organisation=ours)
    found["draft"] = lesson("draft", openness="private", organisation=ours)
    for name in ("open", *CLOSED):
        found[name].latest_revision.publish(user=moderator if name == "open" else author)
        found[name].refresh_from_db()
    english = found["private"].copy_for_translation(english_home.locale, copy_parents=True)
    for field, value in texts("english").items():
        setattr(english, field, value)
    english.save_revision().publish()
    found["english"] = english
    found["alias"] = found["private"].create_alias(
        update_slug=canary("alias"), parent=SectionPageFactory(title="อีกหมวด"))
    # Was open, was in moderation, was edited by others, is closed by a draft.
    live = lesson("closedlive")
    live.latest_revision.publish()
    live = LessonPage.objects.get(pk=live.pk)
    live.save_revision(user=editor, log_action=True)
    live.get_workflow().start(live, editor)
    live = live.get_latest_revision_as_object()
    live.openness, live.organisation = "private", ours
    live.save_revision(user=author)
    found["closedlive"] = LessonPage.objects.get(pk=live.pk)
    decisions = MaskedLesson(original=found["anonymised"], title=f"{WORD} {canary('copy')}",
                             extra_words=canary("anonymised"))
    found["copy"] = masked_copy.submit(decisions, moderator)
    model = ModelPageFactory(title="ตัวแบบเปิด", parent=section)
    for page in found.values():
        if isinstance(page, LessonPage) and page.pk != found["alias"].pk:
            link(model, Relation.RESTS_ON, page)  # made while it was open
            save_answer(page, model, author, "not_used", f"เพราะ {canary(page.slug[6:])}")
    link(found["private"], Relation.EXTRACTED_INTO, model, evidence_text=canary("private"))
    for name in MAY_READ:  # as the database has them
        found[name] = LessonPage.objects.get(pk=found[name].pk)
    return found | {"model": model}


@pytest.fixture
def lessons(written):
    return deepcopy(written)


def picture(name):
    image = get_image_file(f"{canary(name)}.png")
    return HubImage.objects.create(title=canary(name), file=image)


def allowed_for(role) -> set[str]:
    return {name for name, roles in MAY_READ.items() if role in roles}


# Ways to read: (client, lessons) → all that is read


def text(client, address, **data):
    return client.get(address, data, follow=True).content.decode(errors="replace")


def lists_and_homes(client, lessons, thorough):
    addresses = ["/", "/en/", lessons["section"].url, "/en/lessons-used/", "/lessons-together/",
                 lessons["section"].url + "?topic=fishers", lessons["model"].url, "/livez",
                 lessons["open"].url, lessons["copy"].url, "/lessons-used/", "/robots.txt",
                 "/lessons-used/csv/", "/lessons-used/json/", "/lessons-together/fishers/lesson/",
                 "/chain/broken/", "/en/chain/broken/", "/chain/broken/csv/"]
    for page in (lessons["model"], lessons["open"], lessons["copy"])[:3 if thorough else 2]:
        addresses += [page.url + rest for rest in (
            "chain/", "chain/json/", "versions/", "v/1/", "v/1/to/2/", "v/1/cite/")]
    return "".join(text(client, address) for address in addresses)


def feeds(client, lessons, thorough):
    questions = [{}, {"q": WORD}, {"topic": "fishers"}, *({"q": canary(n)} for n in MAY_READ)]
    found = "".join(text(client, address, **question) for question in questions
                    for address in ("/search/feed/", "/en/search/feed/")[:2 if thorough else 1])
    return "".join(re.findall(r"<entry>.*?</entry>", found, re.S))


def section_counts(client, lessons, thorough):
    """The numbers of the facets on a list and on the home page."""
    answer = client.get(lessons["section"].url)
    counts = {topic.slug: topic.page_count for topic in answer.context["topics"]}
    assert counts.get("fishers") == 2  # the open one and the copy
    assert answer.context["page_obj"].paginator.count == 3  # and the Model
    return answer.content.decode()


PUBLIC_WAYS = [lists_and_homes, feeds, section_counts]


@pytest.mark.parametrize("way", PUBLIC_WAYS)
@pytest.mark.parametrize("role", matrix(ROLES, quick=["visitor", "ours", "superuser"]))
def test_public_pages_show_nobody_a_closed_lesson(lessons, client_of, role, way, thorough):
    assert canaries_in(way(client_of(role), lessons, thorough)) == {"open", "copy"}


@pytest.mark.parametrize("role", ROLES)
def test_a_lesson_is_readable_for_allowed_roles_only(lessons, client_of, role, thorough):
    client = client_of(role)
    rests = ["", "chain/", "v/1/", "chain/json/", "versions/", "?preview=1"]
    for name, roles in MAY_READ.items():
        page, opens = lessons[name], lessons[name].live and role in roles
        for rest in rests[:6 if thorough or name == "private" else 1]:
            answer = client.get(page.url + rest, follow=True)
            # Without the requested address, which the redirect to sign in contains.
            body = answer.content.decode()
            for asked in (page.url, quote(page.url, safe=""), quote(unquote(page.url), safe="")):
                body = body.replace(asked, "")
            assert canaries_in(body) <= allowed_for(role), (rest, name, role)
            if not rest:
                text_of = "private" if name == "alias" else name
                assert (text_of in canaries_in(body)) == opens, (name, role)
        assert (client.get(page.url).status_code == 200) == opens, (name, role)


@pytest.mark.parametrize("role", ROLES)
def test_search_and_suggestions_return_only_what_the_role_may_read(
    lessons, client_of, role, thorough
):
    client, allowed = client_of(role), allowed_for(role)
    answer = client.get("/search/", {"q": WORD})
    # Of an alias its page is found.
    found = {n for n in allowed if lessons[n].live and n != "alias"}
    assert canaries_in(answer.content.decode()) == found
    # The page and its file of each; the copy has no file, nor is the draft or the alias' file read.
    most = 2 * len(allowed & {n for n in MAY_READ if lessons[n].live})
    assert answer.context["total"] <= most
    counted = [v["count"] for f in answer.context["facets"] for v in f["values"]]
    assert max(counted, default=0) <= most
    for name in MAY_READ:
        questions = [canary(name), canary(name)[:-1], canary(name) + "x"]
        for question in questions[:3 if thorough or name == "private" else 1]:
            found = client.get("/search/", {"q": question})
            body = found.content.decode().replace(question, "")
            assert canaries_in(body) <= allowed, (question, role)
            if role not in MAY_READ[name]:
                assert not found.context["total"] or question != canary(name), (question, role)
            typed = text(client, "/search/suggest/", q=question).replace(question, "")
            assert canaries_in(typed) <= allowed, (question, role)


@pytest.mark.parametrize("role", ROLES)
def test_files_and_pictures_are_readable_for_allowed_roles_only(lessons, client_of, role):
    client = client_of(role)
    for name in ("open", *CLOSED, "draft", "closedlive"):
        page = lessons[name].get_latest_revision_as_object()
        [attachment] = page.attachments.all()
        opened = client.get(attachment.document.url).status_code == 200
        assert opened <= (role in MAY_READ[name]), (name, role)
        image = page.body[0].value["image"]
        rendition = image.get_rendition("width-10")
        opened = client.get(f"/media/{rendition.file.name}").status_code == 200
        assert opened <= (role in MAY_READ[name]), (name, role)


def test_lessons_have_no_public_versions():
    """What was published for the organisation would be read by all once the lesson is open."""
    assert not LessonPage.keeps_versions


def test_alerts_contain_no_closed_lesson(lessons, mailoutbox):
    from search.alerts.subscriptions import send_due
    from search.models import Alert

    before = timezone.now() - timedelta(days=30)
    mailoutbox.clear()
    for query in ("", WORD, *map(canary, MAY_READ)):
        Alert.objects.create(
            email="ours@example.org", language="th", text=query, filters={}, digest=query[:20],
            confirmed_at=before, checked_until=before,
            site=Site.objects.get(is_default_site=True),
        )
    assert send_due()
    emails = "".join(email.subject + email.body for email in mailoutbox)
    assert "canaryopen" in emails
    assert canaries_in(emails) <= {"open", "copy"}


def test_moderators_get_no_email_about_a_closed_lesson(lessons, mailoutbox):
    """The lesson that was closed had been sent to them while it was open; nothing since."""
    page = lessons["closedlive"]
    assert not page.workflow_in_progress
    mailoutbox.clear()
    again = page.get_latest_revision_as_object()
    assert again.get_workflow() is None
    again.title = f"{canary('closedlive')} ใหม่"
    again.save_revision(log_action=True).publish()
    assert mailoutbox == []


# The editor's side. {pk} is a lesson, {document} and {image} its files, {parent} its section.
ADMIN_ADDRESSES = [
    "/admin/pages/{pk}/withdraw/", "/admin/pages/{pk}/lift-withdrawal/", "/admin/reports/flags/",
    "/admin/reports/broken-links/",
    "/admin/", "/admin/pages/", "/admin/pages/{parent}/", "/admin/pages/search/?q=canary",
    "/admin/pages/search/results/?q=" + WORD, "/admin/pages/{pk}/edit/",
    "/admin/pages/{pk}/view_draft/", "/admin/pages/{pk}/history/",
    "/admin/pages/{pk}/history-results/", "/admin/pages/{pk}/revisions/{revision}/view/",
    "/admin/pages/{pk}/revisions/{revision}/revert/",
    "/admin/pages/{pk}/revisions/compare/earliest...latest/", "/admin/pages/{pk}/delete/",
    "/admin/pages/{pk}/copy/", "/admin/pages/{pk}/move/", "/admin/pages/{pk}/unpublish/",
    "/admin/pages/{pk}/usage/", "/admin/pages/{pk}/privacy/", "/admin/pages/{pk}/edit/preview/",
    "/admin/pages/{pk}/workflow_history/", "/admin/pages/workflow_history/{pk}/",
    "/admin/lessons/{pk}/mask/", "/admin/choose-page/", "/admin/choose-page/{parent}/",
    "/admin/choose-page/search/?q=" + WORD, "/admin/choose-page/search/?q=canary",
    "/admin/pages/{model}/edit/", "/admin/reports/site-history/", "/admin/reports/workflow/",
    "/admin/reports/workflow_tasks/", "/admin/reports/locked/", "/admin/reports/aging-pages/",
    "/admin/reports/page-types-usage/", "/admin/reports/searches/", "/admin/api/main/pages/",
    "/admin/reports/unreadable-files/", "/admin/api/main/pages/{pk}/",
    "/admin/api/main/pages/?search=" + WORD, "/admin/documents/", "/admin/documents/?q=canary",
    "/admin/documents/edit/{document}/", "/admin/documents/chooser/",
    "/admin/documents/usage/{document}/", "/admin/images/", "/admin/images/{image}/",
    "/admin/images/chooser/", "/admin/images/usage/{image}/", "/admin/collections/",
    "/admin/translation/submit/page/{pk}/", "/admin/bulk/wagtailcore/page/delete/?id={pk}",
    "/admin/bulk/wagtailcore/page/publish/?id={pk}", "/admin/bulk/wagtailcore/page/move/?id={pk}",
    "/admin/bulk/hub/hubdocument/delete/?id={document}",
    "/admin/bulk/hub/hubimage/delete/?id={image}", "/admin/documents/{document}/text/",
    "/admin/pages/usage/lessons/lessonpage/", "/admin/pages/usage/lessons/lessonpage/results/",
]


def admin_addresses(lessons, thorough):
    """Every address, those of one lesson for lessons closed in different ways; each once."""
    found = {}
    for name in ("private", "closedlive", "draft", "english", "alias")[:5 if thorough else 1]:
        page = lessons[name].get_latest_revision_as_object()
        attachment = page.attachments.first()
        values = {
            "pk": page.pk, "parent": page.get_parent().pk, "model": lessons["model"].pk,
            "revision": page.latest_revision_id or 0,
            "document": attachment.document_id if attachment else 0,
            "image": page.body[0].value["image"].pk if page.body else 0,
        }
        found |= dict.fromkeys(
            address.format(**values) for address in ADMIN_ADDRESSES
            if page.latest_revision_id or "revisions" not in address  # an alias has none
        )
    return found


@pytest.mark.parametrize("role", matrix(
    ["author", "theirs", "editor", "moderator"], quick=["author", "theirs", "moderator"]
))
def test_the_editor_shows_closed_lessons_to_their_organisation_only(
    lessons, client_of, role, thorough
):
    client = client_of(role)
    client.raise_request_exception = True
    allowed = allowed_for(role) if role in IN_THE_EDITOR else {"open", "copy"}
    seen = set()
    # Who is sent back to the editor's home is told why there.
    for asked in [*admin_addresses(lessons, thorough), "/admin/"]:
        body = client.get(asked).content.decode(errors="replace")
        found = canaries_in(body)
        seen |= found
        assert found <= allowed, (asked, role, found - allowed)
    assert seen >= {"open", "copy"}
    if role in IN_THE_EDITOR:
        assert seen >= set(CLOSED) | {"draft", "english"}


@pytest.mark.parametrize("role", ["visitor", "member", "ours"])
def test_only_editors_can_open_the_editor(lessons, client_of, role):
    client = client_of(role)
    pk = lessons["private"].pk
    for address in ("/admin/pages/{}/edit/", "/admin/pages/{}/view_draft/",
                    "/admin/lessons/{}/mask/"):
        answer = client.get(address.format(pk))
        assert answer.status_code == 302 and "login" in answer["Location"]


@pytest.mark.parametrize("role", ["editor", "theirs", "moderator"])
def test_nobody_outside_the_organisation_can_change_a_closed_lesson(lessons, client_of, role):
    client = client_of(role)
    page = lessons["private"]
    attempts = [
        (f"/admin/pages/{page.pk}/unpublish/", {}), (f"/admin/pages/{page.pk}/delete/", {}),
        (f"/admin/pages/{page.pk}/privacy/", {"restriction_type": "none"}),
        (f"/admin/pages/{page.pk}/edit/", {"openness": "public", "action-publish": "1"}),
        (f"/admin/lessons/{page.pk}/mask/", {"hand-in": "1"}),
        (f"/admin/pages/{page.pk}/copy/", {"new_title": "x", "new_slug": "x"}),
        ("/admin/lessons/at-hand/", {"page": page.pk, "text": WORD}),
        (f"/admin/pages/{page.pk}/convert_alias/", {}),
    ]
    for address, data in attempts:
        response = client.post(address, data, follow=True)
        assert canaries_in(response.content.decode()) <= {"open", "copy"}, address
    page = LessonPage.objects.get(pk=page.pk)
    assert page.live and page.openness == "private" and page.view_restrictions.count() == 1


@pytest.mark.parametrize("role", ["author", "theirs", "editor", "moderator", "superuser"])
def test_suggested_lessons_are_those_that_the_user_may_read(lessons, client_of, role):
    client = client_of(role)
    answer = client.post("/admin/lessons/at-hand/", {"page": lessons["model"].pk, "text": WORD})
    assert answer.status_code == 200
    found = canaries_in(answer.content.decode())
    assert found <= allowed_for(role)
    assert "open" in found
    assert ("private" in found) == (role in INSIDE)
