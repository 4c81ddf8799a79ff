"""Closed content with canaries for the attacked hub, who may see it, and where it might be told.

Run as a program in the environment of a hub, before it is served; prints a ``Closed`` as JSON.
Each text and name of what is closed has a canary in it, and nothing else has.
"""

import json
from dataclasses import asdict, dataclass
from urllib.parse import quote

CANARY = "canarykrarian"
# Of a file that an open course hands out too: no reader gets it, and whoever edits documents does.
SHARED = "canarynokyung"
WORD = "นกกระเรียน"
OURS, THEIRS = "กลุ่มบ้านเรา", "กลุ่มบ้านโน้น"


@dataclass(frozen=True)
class Closed:
    """``session``: role → session key; ``public`` and ``editor``: addresses that name it or what
    is beside it; ``document``, ``image`` and ``page``: its ids; ``own``: a draft of the role
    “theirs”, an editor of another organisation."""

    session: dict[str, str]
    public: list[str]
    editor: list[str]
    document: int
    image: int
    page: int
    own: int


def write() -> Closed:
    from django.contrib.auth.models import Permission
    from wagtail.images.tests.utils import get_test_image_file
    from wagtail.models import GroupPagePermission, Page

    from courses.models import Handout
    from hub.models import Attachment, HubDocument, HubImage
    from lessons.models import LessonPage
    from tests.conftest import make_user
    from tests.factories import (
        CurriculumPageFactory,
        LessonPageFactory,
        SectionPageFactory,
        document,
        organisation,
    )

    people = {"member": make_user("attack-member"), **{
        role: make_user(f"attack-{role}", "Editors", organisation(name).group.name)
        for role, name in (("ours", OURS), ("theirs", THEIRS))
    }}
    section = SectionPageFactory(title="หมวดของการโจมตี")
    paper = document(f"{WORD} {CANARY}", f"{CANARY}.txt", f"{WORD} {CANARY} ".encode() * 9)
    image = HubImage.objects.create(
        title=CANARY, file=get_test_image_file(f"{CANARY}.png"), alt_text=CANARY)
    paper.tags.add(CANARY)
    image.tags.add(CANARY)
    body = [("paragraph", CANARY), ("picture", {"image": image, "caption": CANARY})]
    texts = dict.fromkeys(["title", "summary", "event", "happened", "why"], f"{WORD} {CANARY}")
    lesson = LessonPageFactory(parent=section, slug=CANARY, **texts)
    lesson.body = body
    lesson.attachments.add(Attachment(document=paper))
    course = CurriculumPageFactory(parent=section, title="หลักสูตรเปิดของการโจมตี")
    shared = document(SHARED, f"{SHARED}.txt", SHARED.encode() * 9)
    lesson.attachments.add(Attachment(document=shared))
    course.handouts.add(Handout(document=shared))
    course.body = [("paragraph", f'<a linktype="page" id="{lesson.pk}">บทเรียน</a>')]
    course.save_revision().publish()
    lesson.openness, lesson.organisation = "private", organisation(OURS)
    lesson.save_revision(user=people["ours"], log_action=True).publish(user=people["ours"])
    lesson = LessonPage.objects.get(pk=lesson.pk)
    own = LessonPageFactory(parent=section, title="ร่างของเขา", live=False)
    own.owner = people["theirs"]
    own.save()
    revision = own.save_revision(user=people["theirs"])
    editors = people["ours"].groups.get(name="Editors")
    editors.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("add_page", "change_page"):
        GroupPagePermission.objects.get_or_create(
            group=editors, page=Page.get_first_root_node(),
            permission=Permission.objects.get(codename=codename))
    objects = {
        "wagtailcore.page": [lesson.pk, course.pk],
        "wagtailcore.revision": [lesson.latest_revision_id],
        "revision_id_a": [lesson.latest_revision_id], "revision_id_b": [revision.pk],
        "hub.hubdocument": [paper.pk], "hub.hubimage": [image.pk],
        "wagtailcore.collection": [HubDocument.objects.get(pk=paper.pk).collection_id],
    }
    return Closed(
        session={role: session_of(user) for role, user in people.items()},
        public=public_addresses(lesson, course, [paper, shared], image),
        editor=editor_addresses(objects),
        document=paper.pk, image=image.pk, page=lesson.pk, own=own.pk,
    )


def session_of(user) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


def public_addresses(lesson, course, papers, image) -> list[str]:
    """Pages, their routes without parameters, files, and whatever lists or finds content."""
    found = [image.file.url, image.get_rendition("width-360").url]
    for paper in papers:
        found += [paper.url, paper.file.url]
    for page in (lesson, course):
        path = page.url
        found += [path, *(path + page.reverse_subpage(route.name) for route in
                          page.get_subpage_urls() if not route.pattern.converters)]
        found += [path + "v/1/", path + "versions/", path + "since/1/"]
    for prefix in ("", "/en"):
        found += [f"{prefix}/search/{rest}?q={quote(WORD)}" for rest in ("", "suggest/", "feed/")]
    found += [course.get_parent().url, "/", "/sitemap.xml", "/api/v2/pages/", "/api/v2/documents/"]
    return found


def editor_addresses(objects) -> list[str]:
    """Every address of the editor whose parameters name a closed thing, or that names nothing."""
    from django.urls import NoReverseMatch, reverse

    from tests.lessons.privacy.admin_addresses import (
        WITHOUT_A_VIEW,
        addresses,
        names_an_object,
        values_for,
    )

    found = []
    searches = f"?q={quote(WORD)}&term={CANARY[:6]}"
    for address in addresses():
        if address.name in WITHOUT_A_VIEW or "logout" in address.name:
            continue
        try:
            found += [reverse(address.name, kwargs=values) + query
                      for values in values_for(address, objects)
                      for query in ("", *([] if names_an_object(address) else [searches]))]
        except (LookupError, NoReverseMatch):
            continue  # names something that this hub does not have
    return found


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(asdict(write())))
