"""Creates published pages from the texts of the demonstration, and removes them again.

Loading again changes nothing. A page that an editor changed since is left as it is.
"""

import hashlib
import json
from datetime import UTC, datetime, time

from django.core.files.base import ContentFile
from django.db import transaction
from modelcluster.models import get_all_child_relations
from wagtail.models import Locale

from courses.models import CurriculumPage
from demonstration import (
    closed_lessons,
    course_runs,
    curricula,
    earlier_versions,
    follow_up,
    handouts,
    model_conditions,
    organisations,
    peer_review,
    process,
    texts,
    withdrawals,
)
from demonstration.models import LoadedPage
from hub.models import (
    Area,
    Attachment,
    ChainLink,
    HomePage,
    HubDocument,
    KnowledgePage,
    SectionPage,
    TextPage,
    Topic,
)
from lessons.models import LessonPage, PracticePage, StudyTourPage
from models_lib.models import BlockOutcome, BuildingBlock, ModelPage, ReplicationPage
from policy.models import (
    AgendaItem,
    AssemblyPage,
    Clause,
    IssuePage,
    Party,
    ResolutionPage,
)

PAGE_TYPES = {
    "practice": PracticePage, "lesson": LessonPage, "study-tour": StudyTourPage,
    "model": ModelPage, "replication": ReplicationPage, "curriculum": CurriculumPage,
    "issue": IssuePage, "assembly": AssemblyPage, "resolution": ResolutionPage,
}
SECTION_OF = {
    "practice": "knowledge", "lesson": "knowledge", "study-tour": "knowledge",
    "model": "models", "curriculum": "courses", "issue": "policy", "assembly": "policy",
}
STAGES_OF = {
    "knowledge": "practice,lesson,study-tour", "models": "model,replication",
    "courses": "curriculum", "policy": "issue,assembly,draft,resolution",
}
LISTS = ("aims", "competences", "questions", "to_adapt", "stakeholders")
CHILDREN = ("body", "chain", "contributors", "topics", "areas", "conditions", "building_blocks",
            "results", "blocks", "sessions", "handouts", "clauses", "reports", "agenda",
            "attachments", "published", "model", "assembly", *LISTS)
AUTHOR = "ทีมตัวอย่าง"


class Loader:
    """One run of loading; ``messages`` collects what the user should know."""

    def __init__(self):
        self.pages = {}  # (name, language) → page
        self.untouched = set()
        self.messages = []

    @transaction.atomic
    def load(self) -> list[str]:
        all_texts = texts.read_texts()
        organisations.load()
        for language in ("th", "en"):
            self._site_pages(language)
        changed = [text for text in all_texts if self._page(text)]
        for text in changed:
            self._links(text)
        for text in changed:
            self._publish(text)
        for text in changed:
            if text.kind == "resolution" and text.language == "th":
                follow_up.load(self.pages[text.name, "th"], text.values)
        withdrawals.supersede_lesson(self.pages)
        peer_review.load(ModelPage.objects.get(pk=self.pages["model/crab-bank", "th"].pk))
        process.load(self.pages)
        course_runs.load(self.pages)
        closed_lessons.load({code: self.pages["section/knowledge", code] for code in ("th", "en")})
        unchanged = len(all_texts) - len(changed)
        self.messages.append(f"{len(changed)} pages loaded, {unchanged} unchanged.")
        return self.messages

    # The home pages, lists and text pages

    def _site_pages(self, language):
        values = texts.read(f"home.{language}.toml")
        home = HomePage.objects.get(locale__language_code=language)
        if not home.tagline:
            home.title = values["title"]
            home.tagline = values["tagline"]
            home.introduction = values["introduction"]
            home.save_revision().publish()
        self.pages["home", language] = home
        for section in values["sections"]:
            self._below_home(
                SectionPage, f"section/{section['key']}", language, section,
                introduction=section["introduction"], stages=STAGES_OF[section["key"]],
                show_in_menus=True,
            )
        for name in ("about", "accessibility"):
            self._below_home(
                TextPage, f"text/{name}", language, values[name],
                body=texts.story(values[name]["body"]), show_in_menus=name == "about",
            )

    def _below_home(self, model, name, language, values, **fields):
        loaded = LoadedPage.objects.filter(name=name, language=language).first()
        if loaded:
            self.pages[name, language] = loaded.page.specific
            return
        page = model(
            title=values["title"], slug=values["slug"],
            locale=Locale.objects.get(language_code=language), **fields,
        )
        if thai := self.pages.get((name, "th")):
            page.translation_key = thai.translation_key
        self.pages["home", language].add_child(instance=page)
        page.save_revision().publish()
        self.pages[name, language] = page
        LoadedPage.objects.create(
            name=name, language=language, page=page, revision_id=page.latest_revision_id
        )

    # Knowledge pages

    def _page(self, text) -> bool:
        """Create or refresh the page of ``text``; False when nothing has changed."""
        loaded = LoadedPage.objects.filter(name=text.name, language=text.language).first()
        digest = hashlib.sha256(
            json.dumps(text.values, default=str, sort_keys=True).encode()
        ).hexdigest()
        if loaded:
            page = loaded.page.specific
            self.pages[text.name, text.language] = page
            if page.latest_revision_id != loaded.revision_id:
                self.messages.append(f"{page.title}: changed by an editor, left as it is.")
                return False
            if loaded.digest == digest:
                return False
        else:
            page = PAGE_TYPES[text.kind](
                locale=Locale.objects.get(language_code=text.language), is_demonstration=True
            )
        self._fill(page, text)
        if loaded:
            page.save()
        else:
            if thai := self.pages.get((text.name, "th")):
                page.translation_key = thai.translation_key
            self._parent(text).add_child(instance=page)
            loaded = LoadedPage(name=text.name, language=text.language, page=page)
        loaded.digest = digest
        loaded.save()
        self.pages[text.name, text.language] = page
        return True

    def _parent(self, text):
        parent = text.values.get("model") or text.values.get("assembly")
        if text.kind == "replication":
            return self.pages[f"model/{parent}", text.language]
        if text.kind == "resolution":
            return self.pages[f"assembly/{parent}", text.language]
        return self.pages[f"section/{SECTION_OF[text.kind]}", text.language]

    def _fill(self, page, text):
        values = text.values
        for name, value in values.items():
            if name not in CHILDREN:
                setattr(page, name, value)
        for name in LISTS:
            if name in values:
                setattr(page, name, texts.items(values[name]))
        if published := values.get("published"):
            page.first_published_at = datetime.combine(published, time(9), tzinfo=UTC)
        page.body = texts.story(values.get("body"))
        if "results" in values:
            block = ModelPage._meta.get_field("results").stream_block
            page.results = texts.figures(values["results"], block)
        if not page.pk:
            page.topics = Topic.objects.filter(slug__in=values.get("topics", []))
            page.areas = Area.objects.filter(geocode__in=values.get("areas", []))
        else:
            page.topics.set(Topic.objects.filter(slug__in=values.get("topics", [])))
            page.areas.set(Area.objects.filter(geocode__in=values.get("areas", [])))
        page.contributors = organisations.contributors(values.get("contributors", []))
        page.attachments = [
            Attachment(document=self._document(a), note=a.get("note", ""))
            for a in values.get("attachments", [])
        ]
        getattr(self, f"_fill_{text.kind.replace('-', '_')}", lambda *_: None)(page, text)
        for relation in get_all_child_relations(type(page)):
            # As the editor's form does: without it, the order in the database is undefined.
            for number, child in enumerate(getattr(page, relation.related_name).all()):
                if hasattr(child, "sort_order"):
                    child.sort_order = number

    def _fill_model(self, page, text):
        page.conditions = self._with_identities(
            page, "conditions", text, model_conditions.conditions_of(page, text.values)
        )
        page.building_blocks = self._with_identities(
            page, "building_blocks", text,
            [BuildingBlock(locale=page.locale, **b) for b in text.values["building_blocks"]],
        )

    def _fill_replication(self, page, text):
        model = self.pages[f"model/{text.values['model']}", text.language]
        blocks = {block.title: block for block in model.building_blocks.all()}
        page.block_outcomes = [
            BlockOutcome(
                block=blocks.get(b["block"]), block_title=b["block"], outcome=b["outcome"],
                why=b.get("why", ""),
            )
            for b in text.values["blocks"]
        ]

    def _fill_curriculum(self, page, text):
        curricula.fill(page, text, self._document)

    def _fill_resolution(self, page, text):
        clauses = []
        for values in text.values["clauses"]:
            values = dict(values)
            parties = Party.objects.filter(organisation__slug__in=values.pop("parties", []))
            clause = Clause(locale=page.locale, **values)
            clause.parties = parties
            clauses.append(clause)
        page.clauses = self._with_identities(page, "clauses", text, clauses)

    def _with_identities(self, page, relation, text, children):
        """``children`` with the translation keys of the Thai page's children, by position.

        When the page is refreshed they also keep their primary keys, because reports and
        replications refer to them.
        """
        source = page if page.pk else self.pages.get((text.name, "th"))
        if source:
            for child, known in zip(children, getattr(source, relation).all(), strict=False):
                child.translation_key = known.translation_key
                child.pk = known.pk if source is page else None
        return children

    def _document(self, values, course=""):
        """The document described by ``values``, created if missing."""
        title = values["title"]
        file_name = values["file_name"]
        found = HubDocument.objects.filter(
            title=title, tags__name=handouts.TAG
        ).first()
        if found:
            return found
        document = HubDocument(title=title)
        document.file.save(file_name, ContentFile(handouts.build_file(values, course)), save=False)
        document.full_clean(exclude=["uploaded_by_user"])
        document.save()
        document.tags.add(handouts.TAG)
        return document

    # Links, publishing, reports

    def _links(self, text):
        page = self.pages[text.name, text.language]
        links = [self._link(values) for values in text.values.get("chain", [])]
        if text.kind == "replication" and text.language == "th":
            links.append(
                ChainLink(
                    relation="replicates", target=page.get_parent().knowledgepage,
                    evidence_text=page.evidence, date=page.ended or page.started,
                    author=page.who[:200],
                )
            )
        page.chain_links = links
        if text.kind == "assembly":
            page.agenda = [
                AgendaItem(
                    number=str(a["number"]), title=a["title"],
                    resolution=self.pages.get((f"resolution/{a.get('resolution')}",
                                               text.language)),
                )
                for a in text.values.get("agenda", [])
            ]

    def _link(self, values) -> ChainLink:
        return ChainLink(
            relation=values["relation"],
            target=self.pages[values["target"], "th"].knowledgepage_ptr,
            evidence_text=values["evidence"], evidence_url=values.get("url", ""),
            version=values.get("version"),
            date=values["date"], author=values.get("author", AUTHOR),
        )

    def _publish(self, text):
        page = self.pages[text.name, text.language]
        is_new = not page.published_versions.exists()
        earlier = earlier_versions.versions_before(text) if is_new else []
        for version in [*earlier, text]:
            if earlier:
                self._fill(page, version)
            first = page.first_published_at
            page.save_revision(log_action=True).publish()
            if is_new and first:
                page.published_versions.filter(revision=page.latest_revision_id).update(
                    published_at=first
                )
            if text.kind == "curriculum" and version is not text:
                curricula.build_pack(page)
        page.refresh_from_db()
        # Publishing sets today's date; the pages of the demonstration have their own.
        type(page).objects.filter(pk=page.pk).update(first_published_at=first)
        LoadedPage.objects.filter(name=text.name, language=text.language).update(
            revision_id=page.latest_revision_id
        )


@transaction.atomic
def remove() -> int:
    """Delete all pages, documents and reports of the demonstration; returns the number of pages."""
    follow_up.remove()
    course_runs.remove()
    pages = KnowledgePage.objects.filter(is_demonstration=True)
    number = pages.count()
    withdrawals.remove(pages)
    closed_lessons.remove()
    for page in pages.order_by("-depth"):
        page.delete()
    for loaded in LoadedPage.objects.select_related("page"):
        if not loaded.page.get_children().exists():
            loaded.page.specific.delete()
    HubDocument.objects.filter(tags__name=handouts.TAG).delete()
    process.remove()
    organisations.remove()
    return number
