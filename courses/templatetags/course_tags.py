"""Template tags and filters for the pages of curricula."""

from django import template
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models.handout import NOT_STATED
from courses.packs import views
from courses.packs.pictures import picture_data
from courses.permissions import may_facilitate
from courses.short_addresses.links import short_url
from courses.structured_data import course_data
from courses.updates import followers
from courses.updates.copies import changes_url, is_outdated
from hub.models.generation import kept
from hub.templatetags.hub_tags import translations_of
from hub.templatetags.version_tags import data_block

register = template.Library()
SLOW_LINE_SPEED = 1_000_000  # bits per second: a phone with weak reception


@register.filter
def slow_line(size) -> str:
    """The time that ``size`` bytes take on a slow line of 1 Mbit/s, in words."""
    if not size:
        return ""
    seconds = size * 8 / SLOW_LINE_SPEED
    if seconds < 60:
        tens = max(1, round(seconds / 10)) * 10 if seconds >= 10 else max(1, round(seconds))
        return _("about %(seconds)s seconds") % {"seconds": tens}
    minutes = round(seconds / 60)
    return ngettext("about %(minutes)s minute", "about %(minutes)s minutes", minutes) % {
        "minutes": minutes}


register.filter(picture_data)


@register.filter
def own_licence(handout) -> str:
    """The name of a handout's licence if it differs from the curriculum's, else ""."""
    if handout.licence in ("", handout.page.licence):
        return ""
    if handout.licence == NOT_STATED:
        return _("licence not known")
    return handout.get_licence_display()


@register.filter
def comma_separated(lines) -> str:
    """The lines of a text as one line: paper, pens, scissors."""
    return ", ".join(line.strip() for line in lines.splitlines() if line.strip())


@register.filter
def for_participants(handouts) -> list:
    """Those of ``handouts`` that participants get, which have to be copied beforehand."""
    return [h for h in handouts if not h.facilitator_only]


@register.simple_tag(takes_context=True)
def short_address(context, page) -> dict:
    """The short address of ``page``: ``url``, ``shown`` without scheme, and ``qr`` image."""
    # It never changes.
    url = kept(context["request"], ("short address", page.pk), lambda: short_url(page))
    return {"url": url, "shown": url.partition("://")[2], "qr": f"{url}qr.svg"}


@register.simple_tag(takes_context=True)
def my_copy(context, page_pk):
    """The copy of the course ``page_pk`` that the user downloaded last, with ``is_outdated`` and
    ``changes_url``; None for visitors and without a copy."""
    user = getattr(context.get("request"), "user", None)
    if not page_pk or user is None or not user.is_authenticated:
        return None
    copy = user.course_copies.filter(page_id=page_pk).select_related(
        "page", "edition").first()
    if copy:
        copy.is_outdated = is_outdated(copy, may_facilitate(user))
        copy.changes_url = changes_url(copy)
    return copy


@register.filter
def can_be_followed(page) -> bool:
    """Whether readers can follow the course by e-mail: only while it is open to everybody."""
    return followers.can_be_followed(page)


@register.simple_tag(takes_context=True)
def available_downloads(context):
    """The downloads of the curriculum, with sizes in bytes; None in the editor's preview."""
    page, request = context["page"], context.get("request")
    if request is None or not page.pk or not page.live or getattr(request, "is_preview", False):
        return None
    return views.available_downloads(page, request)


@register.simple_tag
def download_total(page) -> int:
    """How often anything of ``page`` was downloaded, as of when the page is rendered."""
    return page.download_counts.aggregate(total=Sum("count"))["total"] or 0


@register.simple_tag(takes_context=True)
def course_structured_data(context):
    """The curriculum as JSON-LD in a script element of type application/ld+json."""
    page, request = context["page"], context.get("request")
    if request is None or not page.pk or not page.live:
        return ""
    return data_block(course_data(
        page, request, context.get("chain"), context.get("public_handouts"),
        translations_of(page, request),
    ))
