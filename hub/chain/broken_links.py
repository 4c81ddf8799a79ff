"""Checks that find where the chain is broken, from the base layer and its apps.

An app adds its own by the hook ``register_chain_checks``::

    Check("lessons-never-used", title, explanation, never_used)

``never_used(pages)`` narrows a queryset of KnowledgePage to those that fail the check. It gets the
pages that anybody may read, in one language each, narrowed by topic and area; it looks at all
translations of a page, which ``linked`` does, and at nothing that not everybody may read.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hub.hooks import registered
from hub.models import ChainLink, Flag, KnowledgePage


@dataclass(frozen=True)
class Check:
    """One way in which the chain can be broken."""

    slug: str  # in addresses and files
    title: str  # lazy
    explanation: str  # lazy: what it means, and how to fix it
    broken: Callable  # queryset of KnowledgePage → those that fail
    remarks: Callable = lambda pages: {}  # list of pages → id: details, in one query


def checks() -> list[Check]:
    return [check for checks in registered("register_chain_checks") for check in checks()]


def linked(relations, other_ends=None):
    """A condition on KnowledgePage: a link in one of ``relations``, as the page reads them.

    Either page may have stated it, in any language; the other end is among ``other_ends``, by
    default what anybody may read.
    """
    if other_ends is None:
        other_ends = KnowledgePage.objects.open_to_all()
    ends = other_ends.order_by().values("pk")
    own, reverse = list(relations), [relation.reverse for relation in relations]
    key = OuterRef("translation_key")
    return Exists(
        ChainLink.objects.filter(page__translation_key=key, relation__in=own, target__in=ends)
    ) | Exists(
        ChainLink.objects.filter(target__translation_key=key, relation__in=reverse, page__in=ends)
    )


# Checks of the base layer


def _not_open():
    """Links to pages that are not public: unpublished, private or deleted."""
    return ChainLink.objects.exclude(
        target__in=KnowledgePage.objects.open_to_all().order_by().values("pk")
    )


def leading_nowhere(pages):
    """Pages that state a link to a page which is not public (any more)."""
    own = _not_open().filter(page__translation_key=OuterRef("translation_key"))
    return pages.filter(Exists(own))


def _how_many_lead_nowhere(pages) -> dict[int, str]:
    keys = {page.translation_key: page.pk for page in pages}
    count = {}
    for key in _not_open().filter(page__translation_key__in=keys).values_list(
        "page__translation_key", flat=True
    ):
        count[keys[key]] = count.get(keys[key], 0) + 1
    # Neither title nor relation: the other page is not public.
    return {pk: _("Links: %(number)s") % {"number": number} for pk, number in count.items()}


def in_doubt(pages):
    """Pages that rest, at any depth, on withdrawn knowledge and were not reviewed since."""
    return pages.filter(Exists(Flag.objects.open().filter(key=OuterRef("translation_key"))))


def _on_what(pages) -> dict[int, str]:
    keys = {page.translation_key: page.pk for page in pages}
    flags = Flag.objects.open().filter(key__in=keys).select_related("withdrawal")
    flags = list(flags.order_by("created_at", "pk"))
    titles = dict(
        KnowledgePage.objects.open_to_all()
        .filter(translation_key__in={flag.withdrawal.key for flag in flags})
        .order_by("-locale_id").values_list("translation_key", "title")
    )
    remarks = {}
    for flag in flags:
        title = titles.get(flag.withdrawal.key, _("a page that is not public"))
        remarks.setdefault(keys[flag.key], []).append(title)
    return {pk: ", ".join(dict.fromkeys(titles)) for pk, titles in remarks.items()}


CHECKS = [
    Check(
        "rests-on-withdrawn", gettext_lazy("Resting on withdrawn knowledge"),
        gettext_lazy("What these pages rest on was withdrawn or superseded. Somebody has to look "
                     "whether they still hold."),
        in_doubt, _on_what,
    ),
    Check(
        "target-not-public", gettext_lazy("Links that lead nowhere"),
        gettext_lazy("These pages name a page in their chain that is not, or no longer, public. "
                     "Choose another one, or take the link away."),
        leading_nowhere, _how_many_lead_nowhere,
    ),
]
