"""What pages of versions need: folded paragraphs, and the citation for search engines."""

import json

from django import template
from django.utils.safestring import mark_safe

from hub.versions.citations import schema_org
from hub.versions.cited_versions import version_of_link
from hub.versions.comparison import folded
from hub.versions.views import work_of

register = template.Library()
register.filter("folded", folded)


def data_block(data) -> str:
    """``data`` as JSON-LD in a page; no script runs it, so the policy lets it be."""
    text = json.dumps(data, ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


@register.simple_tag(takes_context=True)
def citation_data(context, version):
    """A page's version as schema.org data."""
    page, request = context["page"], context.get("request")
    if version is None or request is None:
        return ""
    return data_block(schema_org(
        work_of(version, page, request), abstract=page.summary,
        dateModified=version.published_at.isoformat(),
    ))


@register.inclusion_tag("hub/versions/cited_version.html", takes_context=True)
def cited_version(context, step):
    """Which version of the page at the other end of a link it was written from, if that is said,
    and whether a newer one is out."""
    return {"cited": version_of_link(step, context.get("request"))}
