"""From a draft to a resolution: its operative paragraphs become clauses."""

from django.utils.html import linebreaks
from wagtail.models import Page

from hub.chain.relations import Relation
from hub.models import ChainLink, Contributor
from hub.pages.forms import available_slug
from hub.thai.slugs import slugify_thai
from policy.models import Clause, Contribution, Paragraph, ResolutionPage


def undecided_of(draft):
    return Contribution.objects.undecided().filter(paragraph__draft=draft)


def adopt(draft, user, **adoption) -> ResolutionPage:
    """Write the resolution that ``draft`` became, below its assembly, as an unpublished page.

    ``adoption`` holds number, adopted_on, adoption, the votes and minority_view. Considering
    paragraphs become its text, operative ones its clauses, numbered from 1; topics, areas,
    contributors and what the draft cites are taken over, and the chain leads back to the draft.
    """
    resolution = ResolutionPage(
        title=draft.title, summary=draft.summary, locale=draft.locale, live=False, owner=user,
        draft=draft, licence=draft.licence, sdgs=draft.sdgs,
        is_demonstration=draft.is_demonstration, **adoption,
    )
    assembly = Page.objects.get(pk=draft.assembly.pk)
    resolution.slug = available_slug(
        slugify_thai(f"{adoption['number']} {draft.title}"), assembly, resolution
    )
    text = draft.text
    resolution.body = [
        ("paragraph", _html(p.current.text)) for p in text
        if p.kind == Paragraph.Kind.CONSIDERING
    ]
    operative = [p for p in text if p.kind == Paragraph.Kind.OPERATIVE]
    resolution.clauses = [
        Clause(number=str(n), text=p.current.text, locale=draft.locale, sort_order=n)
        for n, p in enumerate(operative, 1)
    ]
    resolution.topics = draft.topics.all()
    resolution.areas = draft.areas.all()
    resolution.contributors = [
        Contributor(name=c.name, role=c.role, organisation=c.organisation)
        for c in draft.contributors.all()
    ]
    resolution.chain_links = [*_cited(draft), ChainLink(
        relation=Relation.FOLLOWS_UP, target=draft.knowledgepage_ptr,
        evidence_text=draft.assembly.title, date=resolution.adopted_on,
        author=draft.assembly.title[:200],
    )]
    assembly.add_child(instance=resolution)
    resolution.save_revision(user=user, log_action=True)
    return resolution


def _cited(draft) -> list[ChainLink]:
    links = []
    for link in draft.chain_links.filter(relation=Relation.CITES):
        link.pk = None
        links.append(link)
    return links


def _html(text) -> str:
    return linebreaks(text, autoescape=True)
