"""One link of the chain: from page to page, typed, with its evidence, date and author."""

from collections import defaultdict
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable, Page

from hub.chain.relations import DEPENDENCE, LEADING_ON, Relation, in_order


class ChainLinkQuerySet(models.QuerySet):
    def touching(self, page):
        """Links stated on ``page`` and links stated elsewhere that point to it."""
        return self.filter(Q(page_id=page.pk) | Q(target_id=page.pk))

    def keyed(self):
        """Each link with ``page_key`` and ``target_key``: its ends in whatever language."""
        return self.annotate(
            page_key=F("page__translation_key"), target_key=F("target__translation_key")
        )

    def with_latest_versions(self, visible):
        """Each link with ``latest_version``, the number of its target's newest published version or
        None, and ``target_is_visible``, whether the target is among the pages ``visible``."""
        versions = apps.get_model("hub", "PublishedVersion").objects.filter(page=OuterRef("target"))
        return self.annotate(
            latest_version=Subquery(versions.order_by("-number").values("number")[:1]),
            target_is_visible=Exists(visible.filter(pk=OuterRef("target"))),
        )

    def dependents_of(self, keys) -> list[tuple]:
        """(source, dependent, relation) of every fact whose source is among ``keys``.

        Ends are translation keys, the relation is as the dependent reads it; oldest first.
        """
        return self._facts(
            Q(relation__in=DEPENDENCE, target__translation_key__in=keys),
            Q(relation__in=LEADING_ON, page__translation_key__in=keys),
        )

    def sources_of(self, keys) -> list[tuple]:
        """As ``dependents_of``, for every fact whose dependent is among ``keys``."""
        return self._facts(
            Q(relation__in=DEPENDENCE, page__translation_key__in=keys),
            Q(relation__in=LEADING_ON, target__translation_key__in=keys),
        )

    def _facts(self, *conditions) -> list[tuple]:
        # Two queries, not one with OR: each has an index of its own.
        rows = [
            row for condition in conditions
            for row in self.filter(condition).keyed().values_list(
                "date", "pk", "relation", "page_key", "target_key")
        ]
        facts = (in_order(*row[2:]) for row in sorted(rows))
        return list(dict.fromkeys(fact for fact in facts if fact[0] != fact[1]))


class ChainLink(Orderable):
    """The page that states the link is ``page``; ``relation`` reads from it to ``target``."""

    page = ParentalKey("hub.KnowledgePage", on_delete=models.CASCADE, related_name="chain_links")
    relation = models.CharField(_("relation"), max_length=20, choices=Relation.choices)
    target = models.ForeignKey(
        "hub.KnowledgePage",
        on_delete=models.CASCADE,
        related_name="chain_backlinks",
        verbose_name=_("page"),
    )
    evidence_text = models.TextField(
        _("evidence"), help_text=_("What shows that this is so, in a sentence or two.")
    )
    evidence_document = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("evidence: document"),
    )
    evidence_url = models.URLField(_("evidence: address"), blank=True)
    version = models.PositiveSmallIntegerField(
        _("version of that page"), null=True, blank=True,
        help_text=_("The number of the published version that this was written from. Empty on a "
                    "new link: the one that is out now. Change it when you have looked at a newer "
                    "one."),
    )
    date = models.DateField(_("date"))
    author = models.CharField(
        _("author"), max_length=200, help_text=_("Who vouches for this link.")
    )

    objects = ChainLinkQuerySet.as_manager()

    class Meta(Orderable.Meta):
        verbose_name = _("chain link")
        verbose_name_plural = _("chain links")

    def __str__(self):
        return f"{self.get_relation_display()} → {self.target}"

    def check_for(self, page_type, page_pk=None) -> None:
        """Check that a page of ``page_type`` may state this link.

        Raises ValidationError on a relation or a target that the type does not declare, or when
        the link leads back to the page itself.
        """
        allowed = page_type.chain.get(self.relation)
        if allowed is None:
            raise ValidationError({"relation": _("A page of this kind cannot hold this relation.")})
        target_model = self.target.specific_class
        if target_model is None or target_model.stage not in allowed:
            raise ValidationError(
                {
                    "target": _("“%(relation)s” leads to: %(kinds)s. Choose a page of such a kind.")
                    % {
                        "relation": Relation(self.relation).label,
                        "kinds": ", ".join(sorted(str(stage.label) for stage in allowed)),
                    }
                }
            )
        if self.version is not None:
            latest = self.target.published_versions.values_list("number", flat=True).first() or 0
            if not 1 <= self.version <= latest:
                raise ValidationError({"version": (
                    _("That page has versions 1 to %(latest)s.") % {"latest": latest} if latest
                    else _("That page has no numbered versions. Leave this empty.")
                )})
        if page_pk and self.target_id == page_pk:
            raise ValidationError({"target": _("A page cannot be linked to itself.")})


@dataclass(frozen=True)
class ChainStep:
    """A link as one of its two pages sees it."""

    link: ChainLink
    page: "models.Model"  # the page at the other end, specific


def pages_by_key(keys, visible, locale_id) -> dict:
    """Translation key → its page among ``visible``, specific, in the language if there is one."""
    found = {}
    pages = visible.filter(translation_key__in=keys).as_kinds()
    for page in sorted(pages, key=lambda p: (p.locale_id != locale_id, p.pk)):
        found.setdefault(page.translation_key, page)
    return found


def without_closed_evidence(links, reader) -> list:
    """``links``, each without its evidence document where ``reader`` may not have that; not to be
    saved."""
    links = list(links)
    documents = {link.evidence_document_id for link in links} - {None}
    model = ChainLink.evidence_document.field.related_model
    had = reader.having_by_id(model, documents) if documents else {}
    for link in links:
        if link.evidence_document_id not in had:
            link.evidence_document = None
    return links


def chain_of(page, visible, reader) -> dict[Relation, list[ChainStep]]:
    """The chain around ``page``, both ways: relation as the page reads it → steps.

    ``visible`` is a queryset of KnowledgePage that the reader may open; links to other pages are
    left out, and evidence documents that ``reader`` may not have. A fact stated at both ends shows
    once, in the page's own words. Where the other page has a translation in the language of
    ``page``, the translation is shown.
    """
    # A translation shares its original's place in the chain.
    twins = Page.objects.filter(translation_key=page.translation_key).order_by().values("pk")
    links = without_closed_evidence(
        ChainLink.objects.filter(Q(page_id__in=twins) | Q(target_id__in=twins))
        .with_latest_versions(visible)
        .select_related("evidence_document", "page", "target")
        .defer("page__body", "target__body")
        .order_by("date", "pk"), reader,
    )
    ends = []
    for link in links:
        own = link.page.translation_key == page.translation_key
        relation = Relation(link.relation)
        ends.append((own, relation if own else relation.reverse, link))
    # Own statements first, those in the page's own language before those of a twin.
    ends.sort(key=lambda end: (not end[0], end[2].page_id != page.pk))
    keys = {(link.target if own else link.page).translation_key for own, _r, link in ends}
    pages = pages_by_key(keys, visible, page.locale_id)
    seen, steps = set(), defaultdict(list)
    for own, relation, link in ends:
        key = (link.target if own else link.page).translation_key
        if (relation, key) in seen or key not in pages:
            continue
        seen.add((relation, key))
        steps[relation].append(ChainStep(link, pages[key]))
    return {relation: steps[relation] for relation in Relation if relation in steps}
