"""What a member finds on their own page: sections that apps add by the hook ``account_section``."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from hub.hooks import registered


@dataclass(frozen=True)
class AccountItem:
    """One line of a section: where it leads, and what there is to know of it now."""

    title: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class AccountSection:
    """A section of the page. ``template`` gets it as ``section``; the default one shows a list of
    ``AccountItem``, and ``empty`` where there is none."""

    title: str
    items: list[Any]
    template: str = "hub/people/account_items.html"
    empty: str = ""


def sections_of(user: AbstractBaseUser) -> list[AccountSection]:
    """The sections that have something for ``user``, or something to say to them, in order."""
    sections = [section(user) for section in registered("account_section")]
    return [section for section in sections if section and (section.items or section.empty)]
