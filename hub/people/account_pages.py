"""What a member finds on her own page: sections that the apps fill.

An app registers, when it is loaded, a callable that says what it has for a user.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class MemberItem:
    """One line of a section: where it leads, and what there is to know of it now."""

    title: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class MemberSection:
    """A section of the page. ``template`` gets it as ``section``; the one that stands here shows
    a list of ``MemberItem`` with ``empty`` in its place when there is none."""

    title: str
    items: list
    template: str = "includes/member_items.html"
    empty: str = ""


_sections: list[tuple[int, Callable]] = []


def register(section, order=100) -> None:
    """``section(user)`` returns a MemberSection, or None when it has nothing for ``user``.

    Sections stand in the order of ``order``, then as they were registered.
    """
    _sections.append((order, section))
    _sections.sort(key=lambda pair: pair[0])


def sections_of(user) -> list[MemberSection]:
    """The sections that have something for ``user`` or something to say to her."""
    found = [section(user) for _order, section in _sections]
    return [section for section in found if section and (section.items or section.empty)]
