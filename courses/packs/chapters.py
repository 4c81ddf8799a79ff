"""A curriculum as a book of chapters: the source of the offline pages, the EPUB and the PDF."""

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from courses.qr_codes import png_data_of
from courses.short_addresses.links import current_short_url
from courses.teaching import materials_needed
from hub.chain.relations import Relation
from hub.email.sending import absolute
from hub.pages.sections import stream_sections
from hub.versions.cited_versions import version_of_link
from hub.withdrawals.notices import notice_of

# Characters that XML 1.0 does not allow.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Chapter:
    """``name`` is the file name without extension; ``text`` is for the offline search."""

    name: str
    title: str
    template: str
    context: dict
    text: str
    session: int | None = None

    def body(self, files="") -> str:
        """Well-formed XHTML; handouts are linked relative to ``files``, without it only named."""
        context = self.context | {"title": self.title, "files_at": files}
        return NOT_IN_XML.sub("", render_to_string(f"courses/packs/{self.template}.html", context))

    @cached_property
    def plain(self) -> str:
        """The body without links to handouts: for the EPUB, the PDF and the digest."""
        return self.body()


def chapters_of(page, handouts, user_may_facilitate: bool) -> list[Chapter]:
    """The chapters of ``page`` in its own language; ``handouts`` are ``PackFile``."""
    with override(page.locale.language_code):
        return [
            _about(page, handouts), *_sessions(page, handouts),
            *_remaining_sections(page, user_may_facilitate), *_taught(page),
        ]


def _about(page, handouts) -> Chapter:
    sections = [s for name in page.section_fields for s in page.field_section(name)]
    short = current_short_url(page)
    return Chapter(
        "about", _("About this course"), "about",
        {
            "page": page, "sections": sections, "version": page.current_version,
            "address": short, "shown_address": short, "qr": png_data_of(short),
            "notice": notice_of(page), "materials": materials_needed(page),
            "sessions": list(enumerate(page.sessions.all(), 1)),
            "handouts": [f for f in handouts if not f.session],
        },
        _text(page.title, page.summary, *_searchable_texts(sections)),
    )


def _sessions(page, handouts):
    for number, session in enumerate(page.sessions.all(), 1):
        files = [f for f in handouts if f.session == number]
        yield Chapter(
            f"session-{number:02d}",
            _("Session %(number)s: %(title)s") % {"number": number, "title": session.title},
            "session", {"session": session, "handouts": files},
            _text(session.aim, session.plan, session.method, session.materials,
                  *(f.title for f in files)),
            number,
        )


def _remaining_sections(page, user_may_facilitate):
    """Assessment, the free text of the page, and the notes for facilitators."""
    sections = page.field_section("assessment") + list(stream_sections(page.body))
    if user_may_facilitate:
        sections += page.field_section("facilitator_notes")
    if sections:
        yield Chapter("more", _("Assessment and more"), "sections", {"sections": sections},
                      _text(*_searchable_texts(sections)))


def _taught(page):
    """The Models and lessons it teaches that anybody may read, in full."""
    steps = page.chain_for_readers().get(Relation.TEACHES, [])
    for number, step in enumerate(steps, 1):
        taught = step.page.specific
        sections = taught.sections()
        yield Chapter(
            f"taught-{number:02d}", taught.title, "taught",
            {"page": taught, "sections": sections, "cited": version_of_link(step),
             "notice": notice_of(taught), **_address(taught)},
            _text(taught.summary, *_searchable_texts(sections)),
        )


def _address(page) -> dict:
    """The address of ``page``: percent-encoded, and with Thai letters as people read it."""
    address = absolute(page.get_url() or "")
    return {"address": address, "shown_address": unquote(address)}


def _searchable_texts(sections):
    """Texts for the offline search, without captions: some of the pictures may be private."""
    return (f"{s.heading}\n{s.beside_pictures}" for s in sections)


def _text(*parts) -> str:
    return NOT_IN_XML.sub("", "\n".join(filter(None, map(str, parts))))
