"""What the page of a curriculum needs beyond the hub's own tags."""

from django import template
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import may_facilitate
from courses.models.handout import NOT_STATED
from courses.packs import views
from courses.packs.pictures import picture_data
from courses.short_address import short_url
from courses.structured_data import course_data
from courses.updates import followers
from courses.updates.copies import is_newer, since_copy
from hub.templatetags.version_tags import data_block

register = template.Library()
SLOW_LINE = 1_000_000  # bits a second: a phone with two bars


@register.filter
def slow_line(size) -> str:
    """How long ``size`` bytes take on a slow line of 1 Mbit/s, in words."""
    if not size:
        return ""
    seconds = size * 8 / SLOW_LINE
    if seconds < 60:
        tens = max(1, round(seconds / 10)) * 10 if seconds >= 10 else max(1, round(seconds))
        return _("about %(seconds)s seconds") % {"seconds": tens}
    minutes = round(seconds / 60)
    return ngettext("about %(minutes)s minute", "about %(minutes)s minutes", minutes) % {
        "minutes": minutes}


register.filter(picture_data)


@register.filter
def own_licence(handout) -> str:
    """The licence of a handout in words, where it is not the curriculum's."""
    if handout.licence in ("", handout.page.licence):
        return ""
    if handout.licence == NOT_STATED:
        return _("licence not known")
    return handout.get_licence_display()


@register.filter
def in_a_row(lines) -> str:
    """Things that stand one a line, in one line: paper, pens, scissors."""
    return ", ".join(line.strip() for line in lines.splitlines() if line.strip())


@register.filter
def to_hand_out(handouts) -> list:
    """The files among ``handouts`` that participants get, which somebody has to copy first."""
    return [h for h in handouts if not h.facilitator_only]


@register.simple_tag
def short_address(page) -> dict:
    """The short address of ``page``: ``url``, as it is ``shown`` and typed, and its ``qr``."""
    url = short_url(page)
    return {"url": url, "shown": url.partition("://")[2], "qr": f"{url}qr.svg"}


@register.simple_tag(takes_context=True)
def my_copy(context):
    """The copy of the course that the member who reads it took home last, with ``newer`` and the
    address ``since``; None for everybody else."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated:
        return None
    copy = user.course_copies.filter(page_id=context["page"].pk).select_related(
        "page", "edition").first()
    if copy:
        copy.newer, copy.since = is_newer(copy, may_facilitate(user)), since_copy(copy)
    return copy


@register.filter
def may_be_followed(page) -> bool:
    """Whether letters are written about the course: only while everybody may read it."""
    return followers.may_be_followed(page)


@register.simple_tag(takes_context=True)
def pack_offered(context):
    """What the curriculum offers to download, with sizes in bytes; None in the editor's preview."""
    page, request = context["page"], context.get("request")
    if request is None or not page.pk or not page.live or getattr(request, "is_preview", False):
        return None
    return views.offered(page, request)


@register.simple_tag
def times_downloaded(page) -> int:
    """How often anything of ``page`` was downloaded, as of when the page is made."""
    return page.download_counts.aggregate(total=Sum("times"))["total"] or 0


@register.simple_tag(takes_context=True)
def course_structured_data(context):
    """The curriculum as JSON-LD in a data block, which no script runs."""
    page, request = context["page"], context.get("request")
    if request is None or not page.pk or not page.live:
        return ""
    return data_block(course_data(page, request))
