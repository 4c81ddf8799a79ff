"""Every way to read the site, for every role, shows no word of what the role may not read."""

import re
import shutil
from copy import deepcopy
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    PageViewRestriction,
    Site,
)

from courses.models import Handout
from hub.chain.relations import Relation
from hub.models import Attachment, HomePage, Topic
from search.index import indexer
from search.query.find import find
from tests.conftest import matrix
from tests.factories import (
    CurriculumPageFactory,
    LessonPageFactory,
    ModelPageFactory,
    SectionPageFactory,
    document,
    link,
)

pytestmark = pytest.mark.django_db
SECRET = "นกกะเรียน"  # the word that all guarded texts share
# What is guarded, and which roles may read it.
MAY_READ = {
    "draft": set(),
    "unpublished": set(),
    "expired": set(),
    "scheduled": set(),
    "othersite": set(),
    "members": {"member", "facilitator", "editor", "administrator"},
    "childofmembers": {"member", "facilitator", "editor", "administrator"},
    "group": {"facilitator", "administrator"},
    "filemembers": {"member", "facilitator", "editor", "administrator"},
}
ROLES = ["visitor", "member", "facilitator", "editor", "administrator"]


def canary(name):
    return f"canary{name}"


@pytest.fixture(scope="module")
def written(world):
    """One text under every kind of guard; name → the page or the file."""
    section = SectionPageFactory(title="หมวด")
    topic = Topic.objects.get(slug="fishers")

    def lesson(name, **fields):
        page = LessonPageFactory(
            title=f"{SECRET} {canary(name)}", summary=f"{SECRET} {canary(name)}",
            **{"parent": section, "event": f"{SECRET} {canary(name)}"} | fields,
        )
        page.topics.add(topic)
        page.save()
        return page

    found = {"draft": lesson("draft", live=False), "unpublished": lesson("unpublished")}
    found["unpublished"].unpublish()
    found["expired"] = lesson("expired")
    found["expired"].expire_at = timezone.now() - timedelta(seconds=1)
    found["expired"].save()
    found["scheduled"] = lesson("scheduled", live=False)
    found["scheduled"].go_live_at = timezone.now() + timedelta(days=1)
    found["scheduled"].save_revision(approved_go_live_at=found["scheduled"].go_live_at)
    found["members"] = lesson("members")
    PageViewRestriction.objects.create(page_id=found["members"].pk, restriction_type="login")
    room = SectionPageFactory(title="ห้องใน", parent=section.get_parent())
    PageViewRestriction.objects.create(page_id=room.pk, restriction_type="login")
    found["childofmembers"] = lesson("childofmembers", parent=room)
    found["group"] = lesson("group")
    rule = PageViewRestriction.objects.create(
        page_id=found["group"].pk, restriction_type="groups"
    )
    rule.groups.add(Group.objects.get(name="Facilitators"))
    other_home = HomePage(title="อื่น", slug="other", locale=world.locale)
    world.get_parent().add_child(instance=other_home)
    Site.objects.create(hostname="other.example", root_page=other_home)
    found["othersite"] = lesson("othersite", parent=SectionPageFactory(parent=other_home))
    open_page = LessonPageFactory(title="หน้าเปิด", parent=section)
    private = Collection.get_first_root_node().add_child(name="ห้องใน")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="login")
    found["filemembers"] = document(
        canary("filemembers"), "file.txt", f"{SECRET} {canary('filemembers')} ".encode() * 20,
        collection=private,
    )
    Attachment.objects.create(page=open_page.knowledgepage_ptr, document=found["filemembers"])
    model = ModelPageFactory(title="ตัวแบบเปิด", parent=section)
    for name, page in found.items():
        if name not in ("filemembers", "othersite"):
            link(model, Relation.RESTS_ON, page)
    return found | {"section": section, "model": model, "open": open_page}


@pytest.fixture
def guarded(written):
    return deepcopy(written)


@pytest.fixture
def client_of(hub, django_user_model, editor, administrator, signed_in):
    def client(role):
        if role == "visitor":
            return Client()
        if role in ("editor", "administrator"):
            return signed_in({"editor": editor, "administrator": administrator}[role])
        user = django_user_model.objects.create_user(role, password="x")
        if role == "facilitator":
            user.groups.add(Group.objects.get(name="Facilitators"))
        return signed_in(user)

    return client


def canaries_in(text) -> set[str]:
    return set(re.findall(r"canary(\w+)", text)) & set(MAY_READ)


def allowed_for(role) -> set[str]:
    return {name for name, roles in MAY_READ.items() if role in roles}


@pytest.mark.parametrize("role", ROLES)
def test_search_finds_what_the_role_may_read_and_no_more(guarded, client_of, role):
    client, allowed = client_of(role), allowed_for(role)
    answer = client.get("/search/", {"q": SECRET})
    assert canaries_in(answer.content.decode()) == allowed
    assert answer.context["total"] == len(allowed)
    counted = [v["count"] for f in answer.context["facets"] for v in f["values"]]
    assert max(counted, default=0) <= len(allowed)
    for name in MAY_READ:
        page = client.get("/search/", {"q": canary(name)})
        assert (page.context["total"] > 0) == (name in allowed), name
        typed = client.get("/search/suggest/", {"q": canary(name)[:-1]}).content.decode()
        assert canaries_in(typed) == {name} & allowed - {"filemembers"}, name


@pytest.mark.parametrize("role", ROLES)
def test_browsing_lists_what_the_role_may_read_and_no_more(guarded, client_of, role):
    text = client_of(role).get("/search/", {"topic": "fishers"}).content.decode()
    assert canaries_in(text) == allowed_for(role) - {"filemembers"}


@pytest.mark.parametrize("role", matrix(ROLES, quick=["visitor", "facilitator"]))
def test_a_search_without_an_index_finds_what_the_role_may_read_and_no_more(
    guarded, client_of, role
):
    indexer.rebuild()
    shutil.rmtree(indexer.engine().path)
    client, allowed = client_of(role), allowed_for(role) - {"filemembers"}  # whose text is a file's
    for parameters in ({"q": SECRET}, {"q": f"{SECRET} กับข้าว"}, {"topic": "fishers"}):
        answer = client.get("/search/", parameters)
        assert canaries_in(answer.content.decode()) == allowed, parameters
        assert answer.context["total"] == len(allowed), parameters
        counted = [v["count"] for f in answer.context["facets"] for v in f["values"]]
        assert max(counted, default=0) == len(allowed), parameters
    for name in MAY_READ:
        typed = client.get("/search/suggest/", {"q": canary(name)[:-1]}).content.decode()
        assert canaries_in(typed) == {name} & allowed, name


@pytest.mark.parametrize("role", ROLES)
def test_lists_homes_and_the_chain_show_what_is_open_to_all(guarded, client_of, role):
    client = client_of(role)
    for address in ("/", "/en/", guarded["section"].url, guarded["model"].url):
        # A page may show the title of its file but not the text; here neither is shown.
        assert canaries_in(client.get(address).content.decode()) == set(), address


@pytest.mark.parametrize("role", ROLES)
def test_pages_and_files_open_for_those_who_may_read_them(guarded, client_of, role):
    client = client_of(role)
    for name, thing in guarded.items():
        if name in MAY_READ and name != "othersite":
            answer = client.get(thing.url or f"/{thing.slug}/")
            assert (answer.status_code == 200) == (role in MAY_READ[name]), (name, role)


@pytest.mark.parametrize("role", matrix(ROLES, quick=["visitor", "administrator"]))
def test_a_feed_contains_nothing_that_is_not_public(guarded, client_of, role):
    """Not even what its reader may read: feed readers pass on what they fetch."""
    client = client_of(role)
    searches = [{}, {"q": SECRET}, {"topic": "fishers"}] + [{"q": canary(n)} for n in MAY_READ]
    for address in ("/search/feed/", "/en/search/feed/"):
        for question in searches:
            answer = client.get(address, question)
            assert answer.status_code == 200
            _typed, _, entries = answer.content.decode().partition("<entry>")
            assert canaries_in(entries) == set(), (address, question)
    assert "หน้าเปิด" in client.get("/search/feed/").content.decode()


def test_an_alert_contains_nothing_that_is_not_public(guarded, hub, mailoutbox):
    from search.alerts.subscriptions import send_due
    from search.models import Alert

    before = timezone.now() - timedelta(days=30)
    searches = [("", {}), (SECRET, {}), ("", {"topics": ["fishers"]})]
    searches += [(canary(name), {}) for name in MAY_READ]
    for text, filters in searches:
        Alert.objects.create(
            email="member@example.org", language="th", text=text, filters=filters,
            digest=f"{text[:20]}{len(filters)}", confirmed_at=before, checked_until=before,
            site=Site.objects.get(is_default_site=True),
        )
    assert send_due() == 1, "only the alert without a text matches the public page"
    sent = "".join(email.subject + email.body for email in mailoutbox)
    assert "หน้าเปิด" in sent
    assert canaries_in(sent) == set()


@pytest.mark.parametrize("role", ROLES)
def test_alert_pages_and_the_report_show_no_private_page(guarded, client_of, role):
    client = client_of(role)
    for address in ("/search/alert/", "/search/alert/asked/", "/admin/reports/searches/"):
        answer = client.get(address, {"q": SECRET}, follow=True)
        assert canaries_in(answer.content.decode()) == set(), address


def test_the_recheck_holds_back_what_the_index_missed(guarded, hub):
    """The index says public; the database says no."""
    page = LessonPageFactory(title="เพิ่งปิด")
    assert [r.page.pk for r in find("เพิ่งปิด").results] == [page.pk]
    from wagtail.models import Page

    Page.objects.filter(pk=page.pk).update(live=False)  # no signal, no row in the log
    found = find("เพิ่งปิด")
    assert (found.results, found.total) == ([], 0)


def test_nobody_finds_a_facilitators_handout(hub, client_of):
    page = CurriculumPageFactory()
    word = "ช้างน้ำ"
    file = document(word, "คู่มือ.txt", f"{word} เฉลย ".encode() * 20)
    Handout.objects.create(page=page, document=file, facilitator_only=True)
    page.save_revision().publish()
    for role in ("visitor", "facilitator"):
        assert client_of(role).get("/search/", {"q": word}).context["total"] == 0


# Every public address of the site, and where above it is tested or why it shows no content.
ADDRESSES = {
    "livez": "health", "readyz": "health", "robots": "no content",
    "metrics": "tests/hub/metrics/test_metrics.py",
    "document": "pages and files", "wagtaildocs_serve": "pages and files",
    "wagtaildocs_authenticate_with_password": "switched off",
    "media": "tests/hub/files/test_documents_and_images.py", "search": "search",
    "search_suggest": "search", "search_feed": "a feed", "search_alert": "the pages of alerts",
    "search_alert_requested": "the pages of alerts",
    # They show a saved search to the reader of its e-mail, and no results.
    "search_alert_confirm": "no content", "search_alert_stop": "no content",
    **dict.fromkeys(
        ["lesson_usage", "lesson_usage_csv", "lesson_usage_json", "lesson_groups",
         "lesson_group"], "tests/lessons/privacy/test_who_may_read_a_lesson.py",
    ),
    **dict.fromkeys(
        ["broken_links", "broken_links_csv"], "tests/lessons/privacy/test_who_may_read_a_lesson.py"
    ),
    **dict.fromkeys(
        ["replications_photo", "replications_mine"],
        "tests/models_lib/replications/test_who_may_read_and_write_a_report.py",
    ),
    **dict.fromkeys(
        ["peer_review", "peer_review_draft", "peer_review_decline", "peer_reviews_of_mine"],
        "tests/models_lib/peer_review/test_peer_review_rights.py",
    ),
    "fit": "tests/models_lib/fit/test_fit_page.py",
    **dict.fromkeys(
        ["course_run", "course_run_calendar", "course_runs", "group", "group_add",
         "group_complete", "group_file", "group_list", "group_meeting", "group_remove",
         "group_send", "group_delete_post", "my_run", "run_enrol", "run_leave"],
        "tests/courses/runs/test_who_may_see_a_group.py",
    ),
    **dict.fromkeys(
        ["course_copy_forget", "course_follow_confirm", "course_follow_stop"],
        "tests/courses/runs/test_who_may_see_a_group.py",
    ),
    **dict.fromkeys(
        ["certificate", "certificate_erase_name", "certificate_look_up", "certificate_pdf",
         "certificate_revoke"], "tests/courses/certificates/test_certificates.py",
    ),
    **dict.fromkeys(
        ["short_address", "short_address_qr"],
        "tests/courses/short_addresses/test_short_addresses.py",
    ),
    "wagtailcore_authenticate_with_password": "switched off",
    "privacy_notice": "no content",
    "wagtailcore_login": "no content", "wagtail_serve": "pages and files, lists, the chain, packs",
} | dict.fromkeys(
    ["follow_up", "follow_up_assembly", "follow_up_party", "follow_up_area", "follow_up_data",
     "follow_up_cell", "follow_up_cell_data", "follow_up_report", "follow_up_verify",
     "follow_up_my_parties", "follow_up_withdraw", "follow_up_file", "follow_up_link",
     "follow_up_opt_out"],
    "tests/policy/reports/test_permissions_in_follow_up.py",
)


def test_every_public_address_is_in_the_matrix():
    def names(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                if not str(pattern.pattern).startswith("admin/"):
                    yield from names(pattern.url_patterns)
            else:
                yield pattern.name

    found = set(names(get_resolver().url_patterns))
    # Accounts show what is the signed-in person's own: tests/members/.
    accounts = {name for name in found if name.startswith(("account_", "member_", "mfa_"))}
    assert found - accounts == set(ADDRESSES)
