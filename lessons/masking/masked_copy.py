"""The masked copy of a closed lesson: its text, and how it becomes a page of its own.

A separate page, so that views, search and exports need not know about masking: the page holds no
unmasked text. It has no files, pictures, contributors or links; dates are reduced to years and
areas to provinces.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import PurePath

from django.db import transaction
from django.utils.translation import override
from wagtail.models import PagePermissionTester

from hub.models import Area, Organisation
from hub.pages.forms import available_slug
from hub.pages.page_search import words_of
from hub.pages.sections import plain
from hub.thai.slugs import slugify_thai
from lessons.masking.learning import learned
from lessons.masking.masker import NamedArea, Rules, find_spans, mask, meetings, skeleton
from lessons.masking.remaining import remaining
from lessons.masking.source_search import Source, sources
from lessons.models import LessonPage, MaskedLesson
from lessons.privacy.restriction import attached_files

FIELDS = ["title", "summary", *LessonPage.section_fields]


def latest_draft(original) -> LessonPage:
    """The newest draft of ``original``, which is what its author sees in the editor."""
    return original.get_latest_revision_as_object()


def rules_for(lesson, decisions, areas=None, organisations=None) -> Rules:
    """The rules for one lesson: its people, all organisations and areas, the author's words, and
    every part of a name that its own texts tell of."""
    language = lesson.locale.language_code
    people = list(lesson.contributors.all())
    named = list(filter(None, [lesson.organisation, *(person.organisation for person in people)]))
    others = [person.other_organisation for person in people if person.other_organisation]
    own = [*others, *(name for one in named for name in (one.name_th, one.name_en) if name)]
    organisations = known_organisations() if organisations is None else organisations
    rules = Rules(
        language=language,
        names=tuple(filter(None, [*(person.name for person in people), lesson.validated_by,
                                  *quoted_persons(lesson.body)])),
        organisations=(*organisations, *others),
        areas=areas or known_areas(language),
        words=tuple(decisions.extra_word_list), released=frozenset(decisions.released),
        segment=words_of,
    )
    return learned(rules, [*(text for _label, text in labelled_texts(lesson)),
                           *own, *left_out(lesson)])


def quoted_persons(body) -> list[str]:
    """Who is quoted in ``body``."""
    return [block.value["by"] for block in body if block.block_type == "quote" and (
        block.value.get("by"))]


def left_out(lesson) -> list[str]:
    """Texts that are no part of the copy but tell names: of files, pictures and links."""
    found = [text for file in attached_files(lesson) for text in (file.title, stem_of(file))]
    found += [attachment.note for attachment in lesson.attachments.all()]
    found += [link.evidence_text for link in lesson.chain_links.all()]
    found += [block.value["caption"] for block in lesson.body if block.block_type == "picture"]
    return [text for text in dict.fromkeys(found) if text]


def stem_of(file) -> str:
    """The name of a file without its ending, in words."""
    return re.sub(r"[_\-]+", " ", PurePath(file.file.name).stem)


def known_organisations() -> tuple[str, ...]:
    """Every organisation by its Thai and English name."""
    names = Organisation.objects.order_by("pk").values_list("name_th", "name_en")
    return tuple(name for pair in names for name in pair if name)


def known_areas(language) -> tuple[NamedArea, ...]:
    """Every district and subdistrict by its Thai and English name; provinces in ``language``."""
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


def labelled_texts(lesson) -> list[tuple[str, str]]:
    """(label, text) of everything the copy shows, in order, before masking."""
    found = [(lesson._meta.get_field(name).verbose_name, getattr(lesson, name)) for name in FIELDS]
    body_label = lesson._meta.get_field("body").verbose_name

    def collect(text):
        found.append((body_label, text))
        return text

    rewrite_body(lesson.body, collect)
    return [(label, text) for label, text in found if text]


def rewrite_body(body, transform) -> list[dict]:
    """The blocks of ``body`` as raw data, with ``transform`` (str → str) applied to each text.

    Pictures, links and the speakers of quotations are left out.
    """
    raw = []
    for block in body:
        value = block.value
        match block.block_type:
            case "heading":
                new = transform(str(value))
            case "paragraph":
                new = "".join(f"<p>{escape(transform(line))}</p>"
                              for line in plain(value.source).split("\n") if line.strip())
            case "quote":
                new = {"text": transform(value["text"]), "by": ""}
            case "callout":
                new = {name: transform(value.get(name) or "") for name in ("title", "text")}
            case "steps":
                new = [{name: transform(item.get(name) or "") for name in ("title", "text")}
                       for item in value]
            case "figures":
                new = [_figure(item, transform) for item in value]
            case "table":
                new = dict(value) | {
                    "data": [[transform(str(cell or "")) for cell in row] for row in value["data"]],
                    "table_caption": transform(value.get("table_caption") or ""),
                }
            case _:
                continue
        raw.append({"type": block.block_type, "value": new})
    return raw


def _figure(item, transform) -> dict:
    """A figure block. Value and unit are masked as one text: "23" alone would not match a rule."""
    before = f"{item['value']} {item.get('unit') or ''}".strip()
    after = transform(before)
    unchanged = after == before
    return {
        "label": transform(item["label"]), "measured": transform(item.get("measured") or ""),
        "value": item["value"] if unchanged else after[:60],
        "unit": (item.get("unit") or "") if unchanged else "",
    }


def all_spans(lesson, rules) -> list:
    """Each different span that is masked or released, in order of first appearance."""
    found = {}
    for _label, text in labelled_texts(lesson):
        for span in find_spans(text, rules, include_released=True):
            found.setdefault(span.key, span)
    return list(found.values())


@dataclass(frozen=True)
class Review:
    """What the author has to answer before a copy is submitted."""

    meetings: list[tuple[str, str]]  # label of the text, how the stand-ins would read
    remaining: list[str]  # what still looks like a name
    sources: list[Source]  # pages that give the source away
    released: frozenset[str]

    @property
    def unanswered(self) -> list[str]:
        return [text for text in self.remaining if skeleton(text) not in self.released]

    @property
    def open_sources(self) -> list[Source]:
        return [source for source in self.sources if source.key not in self.released]

    @property
    def is_done(self) -> bool:
        return not (self.meetings or self.unanswered or self.open_sources)


class NotAnswered(ValueError):
    """A copy was submitted before its author answered everything; ``review`` has what is open."""

    def __init__(self, review: Review) -> None:
        super().__init__("The author has not answered everything about the masked copy.")
        self.review = review


def review(lesson, decisions, rules=None) -> Review:
    """What is open about the copy of ``lesson``; asks the hub's search for its source."""
    rules = rules or rules_for(lesson, decisions)
    labelled = labelled_texts(lesson)
    if decisions.title:
        labelled[0] = (labelled[0][0], decisions.title)
    texts = [text for _label, text in labelled]
    keys = {lesson.translation_key}
    if decisions.copy_id:
        keys.add(decisions.copy.translation_key)
    own = LessonPage.objects.filter(translation_key__in=keys).values_list("pk", flat=True)
    return Review(
        [(label, met) for label, text in labelled for met in meetings(text, rules)],
        remaining(texts, rules),
        sources(texts, rules, lesson.locale.language_code, own), rules.released,
    )


def digest(lesson, decisions) -> str:
    """SHA-256 of the copy's text. The author confirms it, so that nothing unseen is published."""
    rules = rules_for(lesson, decisions)
    texts = [decisions.title, *(mask(text, rules) for _label, text in labelled_texts(lesson))]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


@transaction.atomic
def submit(decisions: MaskedLesson, user) -> LessonPage:
    """Create or update the public page, then publish it or submit it to the moderators.

    It is published when ``user`` may publish or is None (the system). Moderators see the copy and
    nothing of the original. Raises NotAnswered where the author has not answered what ``review``
    asks, whoever calls.
    """
    original = decisions.original
    lesson = latest_draft(original)
    rules = rules_for(lesson, decisions)
    asked = review(lesson, decisions, rules)
    if not asked.is_done:
        raise NotAnswered(asked)
    copy = decisions.copy
    copy = copy.get_latest_revision_as_object() if copy else LessonPage(
        locale=original.locale, owner=user, is_demonstration=original.is_demonstration, live=False,
    )
    for name in LessonPage.section_fields:
        setattr(copy, name, mask(getattr(lesson, name), rules))
    copy.summary = mask(lesson.summary, rules)[:500]
    copy.title = mask(decisions.title or lesson.title, rules)[:255]
    blocks = rewrite_body(lesson.body, lambda text: mask(text, rules))
    copy.body = copy.body.stream_block.to_python(blocks)
    copy.lesson_type, copy.licence, copy.sdgs = lesson.lesson_type, lesson.licence, lesson.sdgs
    copy.period_start = lesson.period_start and date(lesson.period_start.year, 1, 1)
    copy.period_end = lesson.period_end and date(lesson.period_end.year, 12, 31)
    copy.topics = lesson.topics.all()
    codes = {area.geocode[:2] for area in lesson.areas.all()}
    copy.areas = Area.objects.filter(geocode__in=codes)
    parent = original.get_parent()
    copy.slug = available_slug(slugify_thai(copy.title) or "lesson", parent, copy)
    if not copy.pk:
        _link_translations(copy, original)
        parent.add_child(instance=copy)
        decisions.copy = copy
    decisions.save()
    revision = copy.save_revision(user=user, log_action=True)
    if user is None or PagePermissionTester(user, copy).can_publish():
        revision.publish(user=user)
    elif (workflow := copy.get_workflow()) and not copy.workflow_in_progress:
        workflow.start(copy, user)
    return copy


def _link_translations(copy, original) -> None:
    """Make masked copies of translations translations of each other, never of an original."""
    others = MaskedLesson.objects.filter(
        original__translation_key=original.translation_key, copy__isnull=False
    ).exclude(original=original)
    if other := others.select_related("copy").first():
        copy.translation_key = other.copy.translation_key
