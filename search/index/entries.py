"""From the database to the index: live pages and their files as flat entries."""

from collections import defaultdict
from itertools import islice

from django.conf import settings
from django.db.models import TextField
from django.db.models.functions import Cast, Length
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import Locale, Site

from hub.access.readers import Reader, Restrictions
from hub.models import KnowledgePage, OutboxEntry
from search.engines.contract import Entry, Section
from search.index import audience
from search.index.vocabulary import vocabulary_at
from search.models import DocumentText

MAX_RETRIES = 20
PAGES_AT_ONCE = 500
TEXT_AT_ONCE = 5_000_000  # characters of files that are in memory together, if it is not one file


def page_key(page_id) -> str:
    return f"page:{page_id}"


def file_key(page_id, document_id) -> str:
    return f"file:{page_id}:{document_id}"


class EntryBuilder:
    """Builds entries; keeps what many pages share, so that a rebuild queries it once."""

    def __init__(self):
        # Sets the segmenter's custom words to those that the database has now.
        vocabulary_at(OutboxEntry.objects.state().indexed)
        self.restrictions = Restrictions()
        self.page_rules = self.restrictions.of_pages
        self.collection_rules = self.restrictions.of_collections
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
        pages = KnowledgePage.objects.live() if pks is None else KnowledgePage.objects.filter(
            pk__in=pks)
        # By type: what a type reads is then loaded for many pages at once.
        pks = pages.order_by("content_type", "pk").values_list("pk", flat=True)
        for batch in batched(list(pks), PAGES_AT_ONCE):
            pages = self._live_pages(batch)
            for page in pages:
                page.locale = self.locales[page.locale_id]
            self._load_public_languages(pages)
            documents = self._documents_of(pages)
            for some, texts in self._with_texts(pages, documents):
                for page in some:
                    yield from self.entries_of(page, documents[page], texts)

    @staticmethod
    def _live_pages(pks) -> list:
        """The specific pages of ``pks`` that belong in the index, with what an entry needs."""
        pages = KnowledgePage.objects.live().not_expired().without_aliases()
        pages = pages.filter(pk__in=pks)
        pages = pages.specific()
        for _attempt in range(MAX_RETRIES):
            try:
                found = list(pages.all())
                break
            except KeyError:
                continue  # a page was deleted between the two queries of ``specific``
        else:
            found = list(pages.all())
        by_type = defaultdict(list)
        for page in found:
            by_type[type(page)].append(page)
        for page_type, of_type in by_type.items():
            page_type.load_for_index(of_type)
        return found

    def _documents_of(self, pages) -> dict:
        """Page → its documents that its readers may open, as far as they pass the collections.

        Pages under the same restrictions have the same readers, who are asked once.
        """
        by_rules, shown, found = defaultdict(list), {}, {}
        for page in pages:
            by_rules[tuple(audience.page_restrictions(page, self.page_rules))].append(page)
        for of_rules in by_rules.values():
            for page in of_rules:
                shown[page] = page.documents_shown()
            unique = {d.pk: d for page in of_rules for d in shown[page]}
            reader = Reader.of_index(of_rules[0], self.restrictions)
            kept = {document.pk for document in reader.having(unique.values())}
            for page in of_rules:
                found[page] = [document for document in shown[page] if document.pk in kept]
        return found

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
    def _with_texts(pages, documents):
        """Yield some of the pages and the texts read from their documents, by the document's id."""
        read = DocumentText.objects.filter(
            document__in={d.pk for page in pages for d in documents[page]},
            status=DocumentText.Status.READ,
        )
        sizes = dict(read.values_list("document_id", Length(Cast("parts", TextField()))))
        some, wanted, size = [], set(), 0
        for page in pages:
            more = {d.pk for d in documents[page] if d.pk in sizes} - wanted
            more_size = sum(sizes[pk] for pk in more)
            if wanted and size + more_size > TEXT_AT_ONCE:
                yield some, _texts(wanted)
                some, wanted, size = [], set(), 0
                more = {d.pk for d in documents[page] if d.pk in sizes}
                more_size = sum(sizes[pk] for pk in more)
            some.append(page)
            wanted |= more
            size += more_size
        if some:
            yield some, _texts(wanted)

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


def _texts(document_ids) -> dict[int, DocumentText]:
    """The texts that were read from the documents, by the document's id."""
    texts = DocumentText.objects.filter(document__in=document_ids).order_by("document_id")
    return {text.document_id: text for text in texts if text.status == DocumentText.Status.READ}


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
