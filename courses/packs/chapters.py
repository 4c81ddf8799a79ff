"""A curriculum as a book of chapters: what the offline pages, the EPUB and the PDF are made of."""

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from courses.qr_codes import png_data_of
from courses.short_address import short_url_of_now
from courses.teaching import to_bring
from hub.chain.relations import Relation
from hub.email.sending import absolute
from hub.pages.sections import stream_sections
from hub.versions.cited_versions import version_of_link
from hub.withdrawals.notices import notice_of

# What XML 1.0 does not take.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Chapter:
    """``name`` is the file's without its ending; ``text`` is what its search goes by."""

    name: str
    title: str
    template: str
    context: dict
    text: str
    session: int | None = None

    def body(self, files="") -> str:
        """Well-formed XHTML; handouts are linked below the address ``files``, or only named."""
        context = self.context | {"title": self.title, "files_at": files}
        return NOT_IN_XML.sub("", render_to_string(f"courses/pack/{self.template}.html", context))

    @cached_property
    def plain(self) -> str:
        """The body whose handouts are only named: the EPUB's, the PDF's, and in the digest."""
        return self.body()


def chapters_of(page, handouts, user_may_facilitate: bool) -> list[Chapter]:
    """The chapters of ``page`` in its own language; ``handouts`` are ``PackFile``."""
    with override(page.locale.language_code):
        return [
            _about(page, handouts), *_sessions(page, handouts), *_rest(page, user_may_facilitate),
            *_taught(page),
        ]


def _about(page, handouts) -> Chapter:
    sections = [s for name in page.section_fields for s in page.field_section(name)]
    short = short_url_of_now(page)
    return Chapter(
        "about", _("About this course"), "about",
        {
            "page": page, "sections": sections, "version": page.current_version,
            "address": short, "in_words": short, "qr": png_data_of(short),
            "notice": notice_of(page),
            "to_bring": to_bring(page),
            "sessions": list(enumerate(page.sessions.all(), 1)),
            "handouts": [f for f in handouts if not f.session],
        },
        _text(page.title, page.summary, *_said(sections)),
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


def _rest(page, user_may_facilitate):
    """Assessment, the story in the body, and what only facilitators read."""
    sections = page.field_section("assessment") + list(stream_sections(page.body))
    if user_may_facilitate:
        sections += page.field_section("facilitator_notes")
    if sections:
        yield Chapter("more", _("Assessment and more"), "sections", {"sections": sections},
                      _text(*_said(sections)))


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
            _text(taught.summary, *_said(sections)),
        )


def _address(page) -> dict:
    """``address``, and the same ``in_words``: in Thai letters, as people read and type it."""
    address = absolute(page.get_url() or "")
    return {"address": address, "in_words": unquote(address)}


def _said(sections):
    """What their search goes by: captions stand with pictures, of which some may be closed."""
    return (f"{s.heading}\n{s.beside_pictures}" for s in sections)


def _text(*parts) -> str:
    return NOT_IN_XML.sub("", "\n".join(filter(None, map(str, parts))))
