"""Private lessons of invented organisations: one shared masked, in two languages, five aggregated.

Loaded once and not refreshed.
"""

from wagtail.models import Collection

from demonstration import organisations, texts
from demonstration.models import LoadedPage
from hub.models import Area, Membership, Organisation, Topic
from hub.thai.slugs import slugify_thai
from lessons.masking import masked_copy
from lessons.masking.masker import skeleton
from lessons.models import LessonPage, MaskedLesson, PrivateCollection

FILE = "closed_lessons.toml"
TEXTS = ("title", "summary", "event", "expected", "happened", "why", "next_time")
AGGREGATED_DEFAULTS = {"lesson_type": "challenge", "topics": ["nonprofit-management"]}


def load(sections) -> None:
    """Create the lessons; ``sections`` maps a language to the parent page of its lessons."""
    values = texts.read(FILE)
    if LoadedPage.objects.filter(name__startswith="closed/").exists():
        return
    authors = [Organisation.objects.get(slug=slug) for slug in values["organisations"]]
    for number, lesson in enumerate(values["aggregated"]):
        lesson = AGGREGATED_DEFAULTS | lesson
        _lesson(f"closed/aggregated-{number}", sections["th"], lesson, authors, "aggregate")
    for lesson in values["masked"]:
        name = f"closed/{lesson['key']}"
        thai = _lesson(name, sections["th"], lesson, authors, "anonymised")
        _share(thai, lesson)
        english = _lesson(name, sections["en"], lesson | lesson["en"], authors, "anonymised",
                          translation_of=thai)
        _share(english, lesson["en"])


def _lesson(name, section, values, authors, openness, translation_of=None) -> LessonPage:
    lesson = LessonPage(
        openness=openness, organisation=authors[values["organisation"]], is_demonstration=True,
        slug=values.get("slug") or slugify_thai(values["title"]), lesson_type=values["lesson_type"],
        locale=section.locale, period_start=values.get("period_start"),
        period_end=values.get("period_end"), **{field: values[field].strip() for field in TEXTS},
    )
    if translation_of:
        lesson.translation_key = translation_of.translation_key
    lesson.contributors = organisations.contributors(values.get("contributors", []))
    lesson.topics = Topic.objects.filter(slug__in=values["topics"])
    lesson.areas = Area.objects.filter(geocode__in=values.get("areas", []))
    section.add_child(instance=lesson)
    lesson.save_revision(log_action=True).publish()
    LoadedPage.objects.create(name=name, language=section.locale.language_code, page=lesson,
                              revision_id=lesson.latest_revision_id)
    return LessonPage.objects.get(pk=lesson.pk)


def _share(lesson, values) -> None:
    """Publish the masked copy, with decisions as an author would have made them."""
    released = {skeleton(text): reason for text, reason in values["released"].items()}
    decisions = MaskedLesson(original=lesson, extra_words="\n".join(values["words"]),
                             released=released, title=values["copy_title"])
    copy = masked_copy.submit(decisions, None)
    LoadedPage.objects.create(name=f"closed/copy-{lesson.slug}"[:200], page=copy,
                              language=lesson.locale.language_code,
                              revision_id=copy.latest_revision_id)


def remove() -> None:
    """Delete the copies, their originals, then collections of organisations without lessons."""
    loaded = LoadedPage.objects.filter(name__startswith="closed/").order_by("-name")
    for name in ("closed/copy-", "closed/"):
        for row in loaded.filter(name__startswith=name).select_related("page"):
            row.page.specific.delete()
    kept = LessonPage.objects.filter(organisation__isnull=False).values("organisation")
    for private_collection in PrivateCollection.objects.filter(
        organisation__slug__in=texts.read(FILE)["organisations"]
    ).exclude(organisation__in=kept):
        collection = Collection.objects.get(pk=private_collection.collection_id)
        private_collection.delete()
        collection.delete()


def join(user) -> None:
    """Make ``user`` an author of the first organisation."""
    organisation = Organisation.objects.filter(slug=texts.read(FILE)["organisations"][0]).first()
    if organisation:
        Membership.objects.create(
            organisation=organisation, user=user, role=Membership.Role.COORDINATOR
        )
