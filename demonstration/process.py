"""An assembly in preparation, with a draft that is open for amendments, and contributions to it.

Its dates are relative to the day of loading, so that its stages are current; loading again changes
nothing.
"""

import json
import uuid
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.utils import timezone
from wagtail.models import Locale

from demonstration import texts
from demonstration.models import LoadedPage
from hub.models import Area, Topic
from policy.deliberation import contributions, decisions
from policy.deliberation.decisions import Ruling
from policy.models import (
    AgendaItem,
    AssemblyPage,
    DraftResolutionPage,
    Hearing,
    HearingGroup,
    ProcessStage,
)

Kind = ProcessStage.Kind
PREFIX = "demonstration-"  # of the usernames of invented members, who cannot sign in
HELD_IN = 75  # days from the day of loading to the assembly
STAGES = [
    (Kind.ISSUE, -90, -61), (Kind.AGENDA_CALL, -60, -31), (Kind.PROPOSAL, -30, -21),
    (Kind.DRAFT, -20, -8), (Kind.HEARINGS, -18, 14), (Kind.AMENDMENTS, -7, 60),
    (Kind.ADOPTION, HELD_IN, HELD_IN), (Kind.CLAUSES, HELD_IN + 1, HELD_IN + 30),
    (Kind.FOLLOW_UP, HELD_IN + 31, None),
]


def load(pages) -> None:
    """Create the assembly, its draft and the contributions, once; ``pages`` is the loader's."""
    name = "process/assembly"
    if LoadedPage.objects.filter(name=name).exists():
        return
    values, today = texts.read("process.toml"), timezone.localdate()
    thai = {}
    for language in ("th", "en"):
        assembly = _page(
            AssemblyPage, pages["section/policy", language], language, thai.get("assembly"),
            values["assembly"][language], number=3, held_on=today + timedelta(HELD_IN),
        )
        draft = values["draft"][language]
        tabled = json.dumps([
            {"type": kind, "value": text, "id": str(uuid.uuid4())}
            for kind, text in draft.pop("tabled")
        ])
        draft = _page(
            DraftResolutionPage, assembly, language, thai.get("draft"), draft, tabled=tabled,
            hold_first_contributions=False,
        )
        if language == "th":
            thai = {"assembly": assembly, "draft": draft}
            _dates(assembly, values, today)
        assembly.agenda = [AgendaItem(
            number="1", title=draft.title, draft=draft,
            issue=pages.get(("issue/elders-living-alone", language)),
        )]
        assembly.save_revision().publish()
        for page_name, page in ((name, assembly), ("process/draft", draft)):
            page.refresh_from_db()
            LoadedPage.objects.create(
                name=page_name, language=language, page=page, revision_id=page.latest_revision_id
            )
    _deliberate(thai["draft"], values)


def remove() -> None:
    get_user_model().objects.filter(username__startswith=PREFIX).delete()


def _page(model, parent, language, translation_of, values, **fields):
    page = model(
        locale=Locale.objects.get(language_code=language), is_demonstration=True,
        **values, **fields,
    )
    if translation_of:
        page.translation_key = translation_of.translation_key
    page.topics = Topic.objects.filter(slug__in=["elders", "health", "public-policy"])
    page.areas = Area.objects.filter(geocode="90")
    parent.add_child(instance=page)
    page.save_revision().publish()
    return model.objects.get(pk=page.pk)


def _dates(assembly, values, today):
    assembly.process = [
        ProcessStage(
            kind=kind, starts=today + timedelta(first), note=values["notes"].get(kind, ""),
            ends=None if last is None else today + timedelta(last),
        )
        for kind, first, last in STAGES
    ]
    hearings = []
    for fields in values["hearings"]:
        hearing = Hearing(
            date=today + timedelta(fields["days"]), starts_at=fields["starts_at"],
            ends_at=fields["ends_at"], place=fields["place"],
        )
        hearing.groups = [
            HearingGroup(group=Topic.objects.get(slug=slug), number=number)
            for slug, number in fields["groups"].items()
        ]
        hearings.append(hearing)
    assembly.hearings = hearings


def _deliberate(draft, values):
    users = get_user_model().objects
    people, by_key = {}, {}
    for member in values["members"]:
        people[member["username"]] = users.create_user(
            member["username"], first_name=member["name"], is_active=False
        )
    for fields in values["contributions"]:
        fields = dict(fields)
        key, author = fields.pop("key", ""), people[fields.pop("by")]
        paragraph = draft.paragraphs.get(label=fields.pop("paragraph"))
        kind, about = fields.pop("kind"), by_key.get(fields.pop("about", ""))
        if kind == "amendment":
            fields |= {"base": paragraph.current, "change": fields.get("change", "reword")}
        by_key[key] = contributions.contribute(
            draft, paragraph, author, kind, about=about, **fields
        )
    for decision in values["decisions"]:
        ruling = Ruling(None, decision["reason"], decision["meeting"])
        chosen = [by_key[key] for key in decision["about"]]
        if decision["kind"] == "merge":
            decisions.merge(draft, chosen, decision["text"], ruling)
        else:
            decisions.reject(draft, chosen, ruling)
