"""From the database to the index: live pages and their files as flat entries."""

from itertools import islice

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import CollectionViewRestriction, Locale, PageViewRestriction, Site

from hub.models import KnowledgePage, OutboxEntry
from search.engines.contract import Entry, Section
from search.index import audience
from search.index.vocabulary import vocabulary_at
from search.models import DocumentText

MAX_RETRIES = 20
PAGES_AT_ONCE = 200
PAGES_WITH_TEXTS_AT_ONCE = 20  # the texts of their files are in memory together


def page_key(page_id) -> str:
    return f"page:{page_id}"


def file_key(page_id, document_id) -> str:
    return f"file:{page_id}:{document_id}"


class EntryBuilder:
    """Builds entries; keeps what many pages share, so that a rebuild queries it once."""

    def __init__(self):
        # Sets the segmenter's custom words to those that the database has now.
        vocabulary_at(OutboxEntry.objects.state()[0])
        self.page_rules = list(PageViewRestriction.objects.select_related("page"))
        self.collection_rules = list(
            CollectionViewRestriction.objects.select_related("collection")
        )
        self.sites = [
            (site, twin.url_path)
            for site in Site.objects.select_related("root_page")
            for twin in site.root_page.get_translations(inclusive=True)
        ]
        self.locales = Locale.objects.in_bulk()
        self.languages = [code for code, _name in settings.LANGUAGES]
        self.public_languages = {}  # by translation key; queried once per batch

    def entries(self, pks=None):
        """Yield the entries of all live pages, or of those among ``pks``."""
        if pks is None:
            pks = KnowledgePage.objects.live().order_by("pk").values_list("pk", flat=True)
        for batch in batched(pks, PAGES_AT_ONCE):
            pages = self._live_pages(batch)
            for page in pages:
                page.locale = self.locales[page.locale_id]
            self._load_public_languages(pages)
            for some in batched(pages, PAGES_WITH_TEXTS_AT_ONCE):
                documents = {page: page.documents_to_index() for page in some}
                texts = self._texts_of(documents.values())
                for page in some:
                    yield from self.entries_of(page, documents[page], texts)

    @staticmethod
    def _live_pages(pks) -> list:
        """The specific pages of ``pks`` that belong in the index, with what an entry needs."""
        pages = KnowledgePage.objects.live().not_expired().filter(pk__in=pks)
        pages = pages.specific().prefetch_related(
            "topics", "areas", "attachments__document__collection"
        )
        for _attempt in range(MAX_RETRIES):
            try:
                return list(pages.all())
            except KeyError:
                continue  # a page was deleted between the two queries of ``specific``
        return list(pages.all())

    def _load_public_languages(self, pages):
        """Query the languages in which the pages are open to all."""
        keys = {page.translation_key for page in pages}
        self.public_languages = {}
        versions = KnowledgePage.objects.open_to_all().filter(translation_key__in=keys)
        for key, code in versions.values_list("translation_key", "locale__language_code"):
            self.public_languages.setdefault(key, set()).add(code)

    def _readers_of(self, page) -> list[str]:
        """Languages whose lists include this page: its own, and those without a version."""
        versions = self.public_languages.get(page.translation_key, set())
        own = page.locale.language_code
        return [code for code in self.languages if code == own or code not in versions]

    @staticmethod
    def _texts_of(documents) -> dict[int, DocumentText]:
        """The texts that were read from the documents, by the document's id."""
        pks = {document.pk for of_page in documents for document in of_page}
        texts = DocumentText.objects.filter(document__in=pks, status=DocumentText.Status.READ)
        return {text.document_id: text for text in texts.order_by("document_id")}

    def entries_of(self, page, documents, texts) -> list[Entry]:
        """The entry of a page and one for each of its ``documents`` among ``texts``."""
        site = self._site_of(page)
        if site is None:
            return []
        rules = audience.page_restrictions(page, self.page_rules)
        with override(page.locale.language_code):
            sections = [Section(s.anchor, s.heading, s.text) for s in page.sections()
                        if s.heading or s.text.strip()]
        shared = {
            "stage": str(page.stage),
            "language": page.locale.language_code,
            "topics": [topic.slug for topic in page.topics.all()],
            "areas": sorted({code for area in page.areas.all() for code in area.lineage}),
            "year": page.year,
            "site": str(site.pk),
            "page_id": page.pk,
            "readers": self._readers_of(page),
            "standing": page.standing,
            "published": (
                int(page.first_published_at.timestamp()) if page.first_published_at else 0
            ),
        }
        entries = [
            Entry(
                key=page_key(page.pk),
                kind="page",
                title=page.title,
                summary=page.summary,
                sections=sections,
                audience=audience.token(rules),
                url=page.url or "",
                document_id=None,
                **shared,
            )
        ]
        for document in {d.pk: d for d in documents if d.pk in texts}.values():
            collection = audience.collection_restrictions(
                document.collection, self.collection_rules
            )
            entries.append(
                Entry(
                    key=file_key(page.pk, document.pk),
                    kind="file",
                    title=document.title,
                    summary="",
                    sections=[
                        Section(part_anchor(kind, number), "", part)
                        for number, kind, part in texts[document.pk].parts
                    ],
                    audience=audience.token(rules, collection),
                    url=document.url,
                    document_id=document.pk,
                    **shared,
                )
            )
        return entries

    def _site_of(self, page):
        for site, root_path in self.sites:
            if page.url_path.startswith(root_path):
                return site
        return None


def batched(items, size):
    """Lists of up to ``size`` items (itertools has it from Python 3.12)."""
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch


def part_anchor(kind, number) -> str:
    """How a link points into a file: ``page=3`` is what browsers' PDF viewers understand."""
    return f"{kind}={number}"


def part_label(anchor) -> str:
    """The label of an anchor: ``page=3`` → "Page 3"; empty for a text without parts."""
    kind, _equals, number = anchor.partition("=")
    labels = {
        "page": _("Page %(number)s"), "slide": _("Slide %(number)s"),
        "sheet": _("Sheet %(number)s"),
    }
    return labels[kind] % {"number": number} if kind in labels else ""
