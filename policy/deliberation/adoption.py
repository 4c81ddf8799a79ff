"""Creating a resolution from an adopted draft: operative paragraphs become clauses."""

from django.utils.html import linebreaks
from wagtail.models import Page

from hub.chain.relations import Relation
from hub.models import ChainLink, Contributor
from hub.pages.forms import available_slug
from hub.thai.slugs import slugify_thai
from policy.models import Clause, Contribution, Paragraph, ResolutionPage


def undecided_amendments(draft):
    return Contribution.objects.undecided().filter(paragraph__draft=draft)


def create_resolution(draft, user, **adoption) -> ResolutionPage:
    """Create the resolution of ``draft`` below its assembly, as an unpublished page.

    ``adoption`` holds number, adopted_on, adoption, the votes and minority_view. Considering
    paragraphs become the body, operative ones the clauses, numbered from 1. Topics, areas,
    contributors and citations of the draft are copied, and the chain links back to the draft.
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
    paragraphs = draft.active_paragraphs
    resolution.body = [
        ("paragraph", linebreaks(p.current.text, autoescape=True)) for p in paragraphs
        if p.kind == Paragraph.Kind.CONSIDERING
    ]
    operative = [p for p in paragraphs if p.kind == Paragraph.Kind.OPERATIVE]
    resolution.clauses = [
        Clause(number=str(n), text=p.current.text, locale=draft.locale, sort_order=n)
        for n, p in enumerate(operative, 1)
    ]
    resolution.topics = draft.topics.all()
    resolution.areas = draft.areas.all()
    resolution.contributors = [
        Contributor(name=c.name, role=c.role, organisation=c.organisation,
                    other_organisation=c.other_organisation)
        for c in draft.contributors.all()
    ]
    resolution.chain_links = [*_copied_citations(draft), ChainLink(
        relation=Relation.FOLLOWS_UP, target=draft.knowledgepage_ptr,
        evidence_text=draft.assembly.title, date=resolution.adopted_on,
        author=draft.assembly.title[:200],
    )]
    assembly.add_child(instance=resolution)
    resolution.save_revision(user=user, log_action=True)
    return resolution


def _copied_citations(draft) -> list[ChainLink]:
    links = []
    for link in draft.chain_links.filter(relation=Relation.CITES):
        link.pk = None
        links.append(link)
    return links
