"""The masked copy of a closed lesson: what it says, and how it becomes a page of its own.

A page of its own, so that nothing that shows, finds or exports pages has to know of masking: there
is no unmasked word on it. It has no files, pictures, contributors, links or dates but years, and
its areas are provinces.
"""

import hashlib
from datetime import date
from html import escape

from django.db import transaction
from django.utils.translation import override
from wagtail.models import PagePermissionTester

from hub.models import Area
from hub.pages.forms import available_slug
from hub.pages.page_search import words_of
from hub.pages.sections import plain
from hub.thai.slugs import slugify_thai
from lessons.masking.masker import Area as NamedArea
from lessons.masking.masker import Rules, mask, stretches
from lessons.models import LessonPage, MaskedLesson

FIELDS = ["title", "summary", *LessonPage.section_fields]


def draft_of(original) -> LessonPage:
    """The newest version of ``original``: what its author sees is what is masked."""
    return original.get_latest_revision_as_object()


def rules_for(lesson, decisions, areas=None) -> Rules:
    """The rules for one lesson: its people, its organisation, all areas, the author's words."""
    language = lesson.locale.language_code
    names = []
    for person in lesson.contributors.all():
        names += [person.name, person.organisation]
    names += [lesson.validated_by, str(lesson.organisation or "")]
    return Rules(
        language=language, names=tuple(filter(None, names)), areas=areas or named_areas(language),
        words=tuple(decisions.word_list), released=frozenset(decisions.released), cut=words_of,
    )


def named_areas(language) -> tuple[NamedArea, ...]:
    """Every district and subdistrict by both its names, with its province in ``language``."""
    provinces = {}
    found = []
    with override(language):
        for area in Area.objects.order_by("geocode"):
            if area.level == Area.Level.PROVINCE:
                provinces[area.geocode] = area.name
                continue
            province = provinces.get(area.geocode[:2], "")
            found += [NamedArea(name, area.level, province)
                      for name in (area.name_th, area.name_en) if name]
    return tuple(found)


def texts_of(lesson) -> list[tuple[str, str]]:
    """(label, text) of all that the copy tells, in order, as it is before masking."""
    found = [(lesson._meta.get_field(name).verbose_name, getattr(lesson, name)) for name in FIELDS]
    story = []
    rewritten(lesson.body, lambda text: story.append(text) or text)
    label = lesson._meta.get_field("body").verbose_name
    return [(label, text) for label, text in [*found, *((label, t) for t in story)] if text]


def rewritten(body, of) -> list[dict]:
    """The blocks of ``body`` as raw data, each text of them as ``of`` makes it.

    Pictures and links are left out; of a quotation stays what was said.
    """
    raw = []
    for block in body:
        value = block.value
        match block.block_type:
            case "heading":
                new = of(str(value))
            case "paragraph":
                new = "".join(f"<p>{escape(of(line))}</p>"
                              for line in plain(value.source).split("\n") if line.strip())
            case "quote":
                new = {"text": of(value["text"]), "by": ""}
            case "callout":
                new = {name: of(value.get(name) or "") for name in ("title", "text")}
            case "steps":
                new = [{name: of(item.get(name) or "") for name in ("title", "text")}
                       for item in value]
            case "figures":
                new = [_figure(item, of) for item in value]
            case "table":
                new = dict(value) | {
                    "data": [[of(str(cell or "")) for cell in row] for row in value["data"]],
                    "table_caption": of(value.get("table_caption") or ""),
                }
            case _:
                continue
        raw.append({"type": block.block_type, "value": new})
    return raw


def _figure(item, of) -> dict:
    """A figure with its unit as one text: 23 people are masked, 23 alone would not be."""
    whole = f"{item['value']} {item.get('unit') or ''}".strip()
    said = of(whole)
    same = said == whole
    return {
        "label": of(item["label"]), "measured": of(item.get("measured") or ""),
        "value": item["value"] if same else said[:60],
        "unit": (item.get("unit") or "") if same else "",
    }


def all_stretches(lesson, rules) -> list:
    """Each stretch that is masked or released, once, as it first stands."""
    found = {}
    for _label, text in texts_of(lesson):
        for stretch in stretches(text, rules, with_released=True):
            found.setdefault(stretch.key, stretch)
    return list(found.values())


def digest(lesson, decisions) -> str:
    """Changes with any word of the copy: what is published is what was looked at."""
    rules = rules_for(lesson, decisions)
    texts = [decisions.title, *(mask(text, rules) for _label, text in texts_of(lesson))]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


@transaction.atomic
def hand_in(decisions: MaskedLesson, user) -> LessonPage:
    """Make or renew the public page; publish it, or send it to the moderators where ``user`` may
    not. They see the copy and nothing of the original. Without ``user``, the hub itself does it."""
    original = decisions.original
    lesson = draft_of(original)
    rules = rules_for(lesson, decisions)
    copy = decisions.public
    copy = copy.get_latest_revision_as_object() if copy else LessonPage(
        locale=original.locale, owner=user, is_demonstration=original.is_demonstration, live=False,
    )
    for name in LessonPage.section_fields:
        setattr(copy, name, mask(getattr(lesson, name), rules))
    copy.summary = mask(lesson.summary, rules)[:500]
    copy.title = mask(decisions.title or lesson.title, rules)[:255]
    copy.body = copy.body.stream_block.to_python(rewritten(lesson.body, lambda t: mask(t, rules)))
    copy.lesson_type, copy.licence, copy.sdgs = lesson.lesson_type, lesson.licence, lesson.sdgs
    copy.period_start = lesson.period_start and date(lesson.period_start.year, 1, 1)
    copy.period_end = lesson.period_end and date(lesson.period_end.year, 12, 31)
    copy.topics = lesson.topics.all()
    codes = {area.geocode[:2] for area in lesson.areas.all()}
    copy.areas = Area.objects.filter(geocode__in=codes)
    parent = original.get_parent()
    copy.slug = available_slug(slugify_thai(copy.title) or "lesson", parent, copy)
    if not copy.pk:
        _join_translations(copy, original)
        parent.add_child(instance=copy)
        decisions.public = copy
    decisions.save()
    revision = copy.save_revision(user=user, log_action=True)
    if user is None or PagePermissionTester(user, copy).can_publish():
        revision.publish(user=user)
    elif (workflow := copy.get_workflow()) and not copy.workflow_in_progress:
        workflow.start(copy, user)
    return copy


def _join_translations(copy, original) -> None:
    """Masked copies of translations are translations of each other, never of an original."""
    twins = MaskedLesson.objects.filter(
        original__translation_key=original.translation_key, public__isnull=False
    ).exclude(original=original)
    if twin := twins.select_related("public").first():
        copy.translation_key = twin.public.translation_key
