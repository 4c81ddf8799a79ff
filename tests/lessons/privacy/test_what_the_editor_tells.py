"""What the editor's addresses tell of a closed lesson: every address × every role.

Two lessons are alike in all but their privacy, with their drafts, files, comments, translations,
aliases, redirects, log entries, workflow states and the pages that link to them. Every text of
them is a canary, named after the lesson. Each address of the editor is asked about both.
"""

import re
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.contrib.redirects.models import Redirect
from wagtail.images.tests.utils import get_test_image_file
from wagtail.log_actions import log
from wagtail.models import (
    Collection,
    Comment,
    CommentReply,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Task,
    UploadedFile,
    Workflow,
)

from courses.models import CourseRun, HandoutImport
from hub.chain.relations import Relation
from hub.models import (
    Area,
    Attachment,
    Contributor,
    Flag,
    HubDocument,
    HubImage,
    QueuedEmail,
    Topic,
    Withdrawal,
)
from lessons.editing.viewer import Viewer
from lessons.masking import masked_copy
from lessons.models import LessonPage, MaskedLesson, PrivateCollection
from lessons.suggestions.answers import save_answer
from models_lib.models import AreaFeature, CommunityGroup, Skill
from policy.models import ClauseReport, Party, ResolutionSheet, Verification
from search.models import GlossaryTerm
from tests.conftest import make_user, matrix
from tests.factories import (
    AssemblyPageFactory,
    CurriculumPageFactory,
    LessonPageFactory,
    ModelPageFactory,
    ResolutionPageFactory,
    SectionPageFactory,
    document,
    link,
    organisation,
)
from tests.lessons.privacy.admin_addresses import (
    MODEL_OF_PARAMETER,
    MODEL_OF_VIEW,
    WITHOUT_A_VIEW,
    addresses,
    names_an_object,
    values_for,
)
from tests.lessons.privacy.half_filled_forms import forms_in

pytestmark = [pytest.mark.django_db, pytest.mark.editors_search, pytest.mark.any_database]
WORD = "นกกะเรียน"
OURS, THEIRS = "กลุ่มบ้านเรา", "กลุ่มบ้านโน้น"
OUTSIDE = ["visitor", "member", "ours", "theirs", "editor", "moderator", "verifier", "facilitator",
           "their keeper"]
INSIDE = ["author", "our keeper", "superuser"]
EDITORS = {"theirs", "editor", "moderator", "verifier", "their keeper"}
HIDDEN_MODELS = {"wagtailcore.page", "hub.hubdocument", "hub.hubimage", "wagtailcore.collection",
                 "wagtailredirects.redirect"}
# Told all the same, by the name of the address: of whom it is no secret, and why.
TOLD = {
    # The collection has the name of the organisation, which is a group, and here are the groups.
    "wagtailusers_groups:add": {"closed collection"},
    "wagtailusers_groups:edit": {"closed collection"},
    # The page as readers see it, with a picture that somebody of the organisation put there.
    "wagtailadmin_pages:view_draft": {"closed image", "closed picture"},
}
# Not told, by role. Editors manage no redirects and have no history of files. Of what is gone
# nobody knows whose it was: each entry is told to superusers and to whoever made it.
NOT_FOR = {
    "author": {"closed redirect", "closed gonepaper"},
    "our keeper": {"closed gonepage", "closed gonepaper"},
}
TEXTS = ["title", "summary", "event", "expected", "happened", "why", "slug"]


MISSING = 999_999  # an id that no row has
WRITTEN = set()  # of pairs: every canary that the world has


def canary(lesson, kind):
    WRITTEN.add((lesson, kind))
    return f"canary{lesson}x{kind}"


def canaries_in(text) -> set[str]:
    """Names of the canaries in ``text``, as “closed title”."""
    return {f"{a} {b}" for a, b in re.findall(r"canary([a-z]+?)x([a-z]+)", text)}


def texts(name):
    return {kind: f"{WORD} {canary(name, kind)}" for kind in TEXTS} | {
        "next_time": WORD, "slug": canary(name, "slug")}


@pytest.fixture(scope="module")
def people(world):
    """Who signs in, by role. Keepers have every permission there is; none is a superuser."""
    keepers = Group.objects.create(name="ผู้ดูแลทุกอย่าง")
    keepers.permissions.set(Permission.objects.all())
    for codename in ("add", "change", "publish", "lock", "unlock", "bulk_delete"):
        GroupPagePermission.objects.create(
            group=keepers, page=Page.get_first_root_node(),
            permission=Permission.objects.get(
                content_type__app_label="wagtailcore", codename=f"{codename}_page"))
    for permission in Permission.objects.filter(
        content_type__model__in=["hubdocument", "hubimage", "collection"]
    ):
        GroupCollectionPermission.objects.create(
            group=keepers, collection=Collection.get_first_root_node(), permission=permission)
    roles = {
        "member": [], "ours": [OURS], "author": ["Editors", OURS], "theirs": ["Editors", THEIRS],
        "editor": ["Editors"], "moderator": ["Moderators"], "verifier": ["Editors", "Verifiers"],
        "facilitator": [settings.FACILITATORS_GROUP],
        "our keeper": [keepers.name, OURS], "their keeper": [keepers.name, THEIRS],
    }
    found = {}
    for role, names in roles.items():
        organisations = [name for name in names if name in (OURS, THEIRS)]
        groups = [name for name in names if name not in organisations]
        found[role] = make_user(role.replace(" ", "-"), *groups)
        found[role].groups.add(*(organisation(name).group for name in organisations))
    return found | {"superuser": make_user("superuser", is_superuser=True)}


@pytest.fixture(scope="module")
def objects(people):
    """Ids of what belongs to each lesson: name of the lesson → label of a model → ids."""
    author = people["author"]
    section = SectionPageFactory(title="หมวด", stages="lesson,model")
    shared = _shared_page(section)
    found = {name: _write(name, section, shared, people) for name in ("open", "closed")}
    lesson = LessonPage.objects.get(pk=found["closed"]["wagtailcore.page"][0])
    lesson = lesson.get_latest_revision_as_object()
    lesson.openness, lesson.organisation = "anonymised", organisation(OURS)
    lesson.save_revision(user=author, log_action=True).publish(user=author)
    lesson = LessonPage.objects.get(pk=lesson.pk)
    masked_copy.submit(
        MaskedLesson(original=lesson, title=canary("copy", "title"), extra_words="\n".join(
            canary("closed", kind) for kind in (*TEXTS, "body"))),
        people["moderator"])
    collections = {
        "open": Collection.get_first_root_node().add_child(name="-"),
        "closed": PrivateCollection.of(lesson.organisation),
    }
    linking = _linking_page(found, section, people)
    # Of all lessons, it is the last that was edited.
    LessonPage.objects.get(pk=lesson.pk).get_latest_revision_as_object().save_revision(user=author)
    others = _others(people)
    for name, of_lesson in found.items():
        collections[name].name = canary(name, "collection")
        collections[name].save()
        log(collections[name], "wagtail.edit", user=author)
        of_lesson["wagtailcore.collection"] = [collections[name].pk]
        of_lesson["wagtailcore.page"][1:1] = [linking.pk, section.pk, shared.pk]
        for label, ids in others.items():
            of_lesson.setdefault(label, ids)
        # What both lessons use tells on what it is used.
        of_lesson["hub.hubdocument"] += [shared.attachments.get().document_id]
        of_lesson["hub.hubimage"] += [shared.body[0].value["image"].pk]
    for model in (HubDocument, HubImage):
        model.objects.filter(pk__in=found["open"][model._meta.label_lower]).update(
            collection=collections["open"])
        own, shared_file = found["closed"][model._meta.label_lower]
        assert model.objects.get(pk=own).collection == collections["closed"]
        assert model.objects.get(pk=shared_file).collection == collections["open"]
    return found


def _shared_page(section):
    """A Model whose file, picture and address both lessons use."""
    page = ModelPageFactory(title="ตัวแบบที่ใช้ร่วมกัน", parent=section)
    image = HubImage.objects.create(title="ภาพร่วม", file=get_test_image_file("shared.png"))
    page.attachments.add(Attachment(document=document("เอกสารร่วม", "shared.txt")))
    page.body = [("picture", {"image": image, "caption": ""})]
    page.save_revision().publish()
    return page


def _write(name, section, shared, people):
    """A lesson with everything that can belong to one, open and in moderation."""
    author, editor = people["author"], people["their keeper"]
    text = texts(name)
    page = LessonPageFactory(parent=section, **text)
    page.topics.add(Topic.objects.get(slug="fishers"))
    page.contributors.add(Contributor(name=canary(name, "contributor")))
    paper = document(canary(name, "document"), f"{canary(name, 'file')}.txt", WORD.encode() * 20)
    paper.tags.add(canary(name, "tag"))
    image = HubImage.objects.create(
        title=canary(name, "image"), file=get_test_image_file(f"{canary(name, 'picture')}.png"))
    image.tags.add(canary(name, "imagetag"))
    page.attachments.add(
        Attachment(document=paper), Attachment(document=shared.attachments.get().document))
    page.body = [
        ("paragraph", f'{canary(name, "body")} <a linktype="page" id="{shared.pk}">ตัวแบบ</a>'),
        ("picture", {"image": image, "caption": canary(name, "caption")}),
        ("picture", {"image": shared.body[0].value["image"], "caption": ""}),
    ]
    page.title += " "
    first = page.latest_revision
    page.save_revision(user=author, log_action=True).publish(user=people["moderator"])
    page = LessonPage.objects.get(pk=page.pk)
    comment = Comment.objects.create(
        page=page, user=author, text=canary(name, "comment"), contentpath="event")
    CommentReply.objects.create(comment=comment, user=editor, text=canary(name, "reply"))
    english = page.copy_for_translation(
        Locale.objects.get(language_code="en"), copy_parents=True)
    english.save_revision(user=editor, log_action=True).publish()
    english = LessonPage.objects.get(pk=english.pk)
    english.locked, english.locked_by, english.locked_at = True, editor, timezone.now()
    english.save()
    alias = page.create_alias(
        update_slug=canary(name, "alias"), parent=SectionPageFactory(title=f"หมวด {name}"))
    draft = LessonPageFactory(parent=section, live=False, **text | {"slug": canary(name, "draft")})
    if name == "closed":
        draft.openness, draft.organisation = "private", organisation(OURS)
    draft.save_revision(user=author)
    link(page, Relation.EXTRACTED_INTO, shared)
    redirect = Redirect.objects.create(
        old_path=f"/{canary(name, 'redirect')}", redirect_page=page,
        site=Site.objects.get(is_default_site=True))
    for item in (paper, image, redirect):
        log(item, "wagtail.edit", user=author)
    _write_and_delete(name, section, people)
    page.title += "ฉบับร่าง"
    last = page.save_revision(user=editor, log_action=True)
    state = page.get_workflow().start(page, editor)
    session = EditingSession.objects.create(
        user=author, content_type=ContentType.objects.get_for_model(LessonPage),
        object_id=page.pk, last_seen_at=timezone.now())
    withdrawn = Withdrawal.objects.create(
        key=page.translation_key, title=canary(name, "withdrawal"), kind="withdrawn",
        reason=canary(name, "reason"), by=author)
    flag = Flag.objects.create(withdrawal=withdrawn, key=draft.translation_key)
    return {
        "wagtailcore.page": [page.pk, english.pk, alias.pk, draft.pk],
        "wagtailcore.revision": [last.pk], "revision_id_a": [first.pk],
        "hub.hubdocument": [paper.pk], "hub.hubimage": [image.pk],
        "wagtailcore.workflowstate": [state.pk], "wagtailcore.taskstate": [
            state.current_task_state.pk],
        "wagtailredirects.redirect": [redirect.pk], "wagtailadmin.editingsession": [session.pk],
        "hub.flag": [flag.pk],
    }


def _write_and_delete(name, section, people):
    """A lesson and a document that are gone, but not from the history."""
    author = people["author"]
    page = LessonPageFactory(parent=section, title=canary(name, "gonepage"), slug=f"gone-{name}")
    page.save_revision(user=author, log_action=True)
    page.delete(user=people["superuser"])
    paper = document(canary(name, "gonepaper"), f"gone-{name}.txt")
    log(paper, "wagtail.create", user=author)
    paper.delete()


def _linking_page(found, section, people):
    """A Model that links to both lessons in every way that a page can."""
    lessons = {name: LessonPage.objects.get(pk=ids["wagtailcore.page"][0])
               for name, ids in found.items()}
    model = ModelPageFactory(title="ตัวแบบเปิด", parent=section)
    model.body = [("paragraph", "".join(
        f'<p><a linktype="page" id="{lesson.pk}">ดูบทเรียน</a></p>'
        f'<p><a linktype="document" id="{found[name]["hub.hubdocument"][0]}">ดูเอกสาร</a></p>'
        for name, lesson in lessons.items()
    ))] + [("picture", {"image": HubImage.objects.get(pk=ids["hub.hubimage"][0]), "caption": ""})
           for ids in found.values()]
    for name, lesson in lessons.items():
        link(model, Relation.RESTS_ON, lesson)
        save_answer(lesson, model, people["author"], "not_used", canary(name, "answer"))
    model.save_revision(user=people["editor"], log_action=True).publish()
    return model


def _others(people):
    """An object of every other model that has addresses of its own."""
    made = {
        CourseRun: {"title": "รุ่น 1", "place": "จะนะ", "contact": "-"},
        Party: {"organisation": organisation("อบต.", "tao", kind="local_government")},
        GlossaryTerm: {"names": "ปู"},
        QueuedEmail: {"address_hash": "-"},
    }
    found = {model._meta.label_lower: [model.objects.create(**values).pk]
             for model, values in made.items()}
    party = Party.objects.get(organisation__slug="tao")
    key = uuid4()
    report = ClauseReport.objects.create(clause_key=key, party=party, claim="ทำแล้ว")
    finding = Verification.objects.create(
        clause_key=key, party=party, finding="confirmed", observation="เห็น")
    assembly, curriculum = AssemblyPageFactory(), CurriculumPageFactory()
    resolution = ResolutionPageFactory(parent=assembly)
    sheet = ResolutionSheet.objects.create(assembly=assembly, file_name="-", resolutions=[])
    upload = UploadedFile.objects.create(file="-", uploaded_by_user=people["author"])
    imported = HandoutImport.objects.create(page=curriculum)
    found |= {
        made._meta.label_lower: [made.pk]
        for made in (report, finding, assembly, resolution, sheet, upload, imported)
    }
    found["hub.topic"] = [Topic.objects.get(slug="fishers").pk]
    for model in (Area, Skill, CommunityGroup, AreaFeature, Site, Locale, Task, Workflow):
        found[model._meta.label_lower] = [model.objects.order_by("pk").first().pk]
    return found | {"hub.organisation": [organisation("อบต.").pk],
                    "auth.user": [people["author"].pk],
                    "auth.group": [Group.objects.get(name="Editors").pk]}


# Asking


class Reader:
    """Asks the editor as one role. Nothing it does is kept."""

    def __init__(self, client):
        client.raise_request_exception = False
        self.client, self.cookies = client, dict(client.cookies)

    def ask(self, method, address, data=None):
        """All that an answer tells, and its status."""
        self.client.cookies.clear()
        self.client.cookies.update(self.cookies)  # one of the addresses signs out
        with transaction.atomic():
            answer = getattr(self.client, method)(address, data or {})
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            told = " ".join(str(m) for m in _messages(answer)) + str(answer.headers)
            transaction.set_rollback(True)
        return body.decode(errors="replace") + told, answer.status_code


def _messages(answer):
    """What the next page would say."""
    request = getattr(answer, "wsgi_request", None)
    return getattr(request, "_messages", ())


def addresses_to_ask(objects) -> dict:
    """Everything to ask for with GET: URL → the address it is of."""
    found = {}
    for address in addresses():
        if address.name in WITHOUT_A_VIEW:
            continue
        for of_lesson in objects.values():
            for kwargs in values_for(address, of_lesson):
                url = reverse(address.name, kwargs=kwargs)
                for query in _queries(address, kwargs, of_lesson):
                    found[url + query] = address
    return found


def _queries(address, kwargs, ids) -> list[str]:
    """Query strings: none, a search, an export, the ids of what the address is about."""
    if address.name == "wagtail_bulk_action":
        label = f"{kwargs['app_label']}.{kwargs['model_name']}"
        return [f"?id={pk}" for pk in ids[label][:2]]
    if address.name.endswith("chosen_multiple"):
        label = MODEL_OF_VIEW.get(address.name) or address.model
        return ["?" + "&".join(f"id={pk}" for pk in ids[label])]
    if address.name.startswith("wagtailadmin_api") and address.name.endswith("listing"):
        page = ids["wagtailcore.page"][0]
        return ["", f"?search={WORD}", *(
            f"?{name}={page}" for name in ("child_of", "descendant_of", "ancestor_of",
                                           "translation_of", "locale")
            if name in address.pattern.callback.cls.known_query_parameters)]
    if names_an_object(address):
        return [""]
    exports = issubclass(getattr(address.pattern.callback, "view_class", object),
                         SpreadsheetExportMixin)
    # Whatever lists may also search or suggest; whoever does not passes the words over.
    return ["", f"?q={WORD}&term=canary", *(["?export=csv"] if exports else [])]


def what_is_told(reader, objects, is_outside, posts=True) -> dict:
    """Everything that ``reader`` gets to know: (method, name of the address, URL) → canaries.

    ``objects`` as the fixture; for whom ``is_outside``, what is in ``TOLD`` does not count. Every
    form that an address shows is sent half filled; an address that takes POST only, and in the
    thorough run every one, is sent nothing.
    """
    told, sent = {}, set()
    for url, address in addresses_to_ask(objects).items():
        exempt = TOLD.get(address.name, set()) if is_outside else set()
        body, status = reader.ask("get", url)
        assert status < 500, url
        told["GET", address.name, url] = canaries_in(body) - exempt
        if not posts:
            continue
        forms = forms_in(body, url, objects["closed"]) if status == 200 else []
        if status == 405 or "open" in objects:
            forms.append((url, {}))
        for action, values in forms:
            if action.startswith("/admin/") and (action, repr(values)) not in sent:
                sent.add((action, repr(values)))
                body, status = reader.ask("post", action, values)
                assert status < 500, (action, values)
                found = told.setdefault(("POST", address.name, action), set())
                found |= canaries_in(body) - exempt
    return told


def told_of(told, lesson) -> set[str]:
    return {name for names in told.values() for name in names if name.startswith(f"{lesson} ")}


def where(told, lesson) -> list:
    """Where what is told of ``lesson``, for whoever reads the failure."""
    return [(key, sorted(names)) for key, names in told.items()
            if any(name.startswith(f"{lesson} ") for name in names)]


def part_of(objects, thorough, number=4) -> dict:
    """The quick run asks about the closed lesson, its section and the two pages with links, or
    about the ``number`` first of these."""
    if thorough:
        return objects
    return {"closed": {label: ids[:number] for label, ids in objects["closed"].items()}}


def test_every_parameter_of_an_address_has_a_value(objects):
    """An address of a new app fails here until its parameters are known, and is then asked."""
    unknown = []
    for address in addresses():
        for of_lesson in objects.values():
            try:
                assert values_for(address, of_lesson)
            except LookupError as error:
                unknown.append(str(error))
    assert unknown == []


@pytest.mark.parametrize("role", matrix(OUTSIDE, quick=["their keeper"]))
def test_nobody_outside_the_organisation_is_told_of_its_lesson(objects, client_of, role, thorough):
    told = what_is_told(Reader(client_of(role)), part_of(objects, thorough), is_outside=True)
    print(f"{role}: {len(told)} answers")
    found = where(told, "closed")
    assert not found, "\n".join(map(str, found))
    if thorough and role in EDITORS:
        assert told_of(told, "open") >= {"open title", "open slug", "open document"}


@pytest.mark.parametrize("role", matrix(INSIDE, quick=["our keeper"]))
def test_its_organisation_is_told_everything(objects, client_of, role, thorough):
    """So that an editor that shows nothing to anybody does not pass."""
    told = what_is_told(
        Reader(client_of(role)), part_of(objects, thorough, number=1), is_outside=False,
        posts=thorough)
    print(f"{role}: {len(told)} answers, {len(where(told, 'closed'))} of them tell of the lesson")
    written = {f"closed {kind}" for lesson, kind in WRITTEN if lesson == "closed"}
    assert told_of(told, "closed") == written - NOT_FOR.get(role, set())


def test_what_is_hidden_answers_as_what_is_missing(objects, client_of):
    reader = Reader(client_of("their keeper"))
    closed = objects["closed"]
    different = []
    for address in addresses():
        for parameter in address.parameters:
            label = MODEL_OF_PARAMETER.get(parameter)
            if label not in HIDDEN_MODELS:
                continue
            hidden = values_for(address, closed)[0]
            missing = hidden | {parameter: MISSING}
            answers = [
                reader.ask("get", reverse(address.name, kwargs=kwargs))[1]
                for kwargs in (hidden, missing)
            ]
            if answers[0] != answers[1]:
                different.append((address.route, answers))
    assert different == []


def test_asking_who_looks_costs_five_queries_at_most(objects, client_of, monkeypatch):
    client = client_of("their keeper")
    _lesson, linking, section, *_others = objects["closed"]["wagtailcore.page"]
    for url in (reverse("wagtailadmin_pages:edit", args=[linking]),
                reverse("wagtailadmin_explore", args=[section]),
                reverse("wagtaildocs:index"), reverse("wagtailadmin_home")):
        client.get(url)  # what is kept by the process is kept from now on
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        with monkeypatch.context() as patch, CaptureQueriesContext(connection) as not_asked:
            patch.setattr(Viewer, "may_see", lambda self, instance: True)
            patch.setattr(Viewer, "hidden_ids", lambda self, model, pks: set())
            client.get(url)
        assert len(asked) <= len(not_asked) + 5, url
