"""Lessons that made-up organisations keep: one shared masked, in two languages, five together.

Made once and then left as they are; their organisations are groups without rights.
"""

from django.contrib.auth.models import Group
from wagtail.models import Collection

from demonstration import content
from demonstration.models import LoadedPage
from hub.models import Area, Contributor, Topic
from hub.thai.slugs import slugify_thai
from lessons.masking import masked_copy
from lessons.masking.masker import skeleton
from lessons.models import LessonPage, MaskedLesson, PrivateCollection

FILE = "closed_lessons.toml"
TEXTS = ("title", "summary", "event", "expected", "happened", "why", "next_time")
OF_TOGETHER = {"lesson_type": "challenge", "topics": ["nonprofit-management"]}


def load(sections) -> None:
    """``sections``: language → the page below which lessons stand."""
    values = content.read(FILE)
    if LoadedPage.objects.filter(name__startswith="closed/").exists():
        return
    groups = [Group.objects.get_or_create(name=name)[0] for name in values["organisations"]]
    for number, said in enumerate(values["together"]):
        said = OF_TOGETHER | said
        _lesson(f"closed/together-{number}", sections["th"], said, groups, "aggregate")
    for said in values["masked"]:
        thai = _lesson(f"closed/{said['key']}", sections["th"], said, groups, "anonymised")
        _share(thai, said)
        english = _lesson(f"closed/{said['key']}", sections["en"], said | said["en"], groups,
                          "anonymised", twin=thai)
        _share(english, said["en"])


def _lesson(name, section, said, groups, openness, twin=None) -> LessonPage:
    lesson = LessonPage(
        openness=openness, organisation=groups[said["organisation"]], is_demonstration=True,
        slug=said.get("slug") or slugify_thai(said["title"]), lesson_type=said["lesson_type"],
        locale=section.locale, period_start=said.get("period_start"),
        period_end=said.get("period_end"), **{field: said[field].strip() for field in TEXTS},
    )
    if twin:
        lesson.translation_key = twin.translation_key
    lesson.contributors = [
        Contributor(sort_order=n, **c) for n, c in enumerate(said.get("contributors", []))
    ]
    lesson.topics = Topic.objects.filter(slug__in=said["topics"])
    lesson.areas = Area.objects.filter(geocode__in=said.get("areas", []))
    section.add_child(instance=lesson)
    lesson.save_revision(log_action=True).publish()
    LoadedPage.objects.create(name=name, language=section.locale.language_code, page=lesson,
                              revision_id=lesson.latest_revision_id)
    return LessonPage.objects.get(pk=lesson.pk)


def _share(lesson, said) -> None:
    """Publish the masked copy with what an author would have decided about it."""
    released = {skeleton(text): reason for text, reason in said["released"].items()}
    decisions = MaskedLesson(original=lesson, extra_words="\n".join(said["words"]),
                             released=released, title=said["copy_title"])
    copy = masked_copy.submit(decisions, None)
    LoadedPage.objects.create(name=f"closed/copy-{lesson.slug}"[:200], page=copy,
                              language=lesson.locale.language_code,
                              revision_id=copy.latest_revision_id)


def remove() -> None:
    """The copies before their originals; then the organisations, where nothing else is theirs."""
    loaded = LoadedPage.objects.filter(name__startswith="closed/").order_by("-name")
    for name in ("closed/copy-", "closed/"):
        for row in loaded.filter(name__startswith=name).select_related("page"):
            row.page.specific.delete()
    for name in content.read(FILE)["organisations"]:
        group = Group.objects.filter(name=name).first()
        if group and not LessonPage.objects.filter(organisation=group).exists():
            for shelf in PrivateCollection.objects.filter(organisation=group):
                collection = Collection.objects.get(pk=shelf.collection_id)
                shelf.delete()
                collection.delete()
            group.delete()


def join(user) -> None:
    """Let ``user`` try what an author of the first organisation does."""
    group = Group.objects.filter(name=content.read(FILE)["organisations"][0]).first()
    if group:
        user.groups.add(group)
