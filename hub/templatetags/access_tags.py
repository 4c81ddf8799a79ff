"""What the reader of a page may have of what it names."""

from django import template
from wagtail.rich_text import RichText

from hub.access.readers import Reader, anybody
from hub.access.rich_text import shown_to

register = template.Library()


def _reader(context) -> Reader:
    request = context.get("request")
    return Reader.of(request) if request is not None else anybody()


@register.simple_tag(takes_context=True)
def if_open(context, file):
    """``file``, a document or a picture, if the reader may have it; else None."""
    return file if file and _reader(context).may_have(file) else None


@register.simple_tag(takes_context=True)
def rich_text(context, value):
    """Rich text with the links that the reader may follow."""
    with shown_to(_reader(context)):
        return str(value if isinstance(value, RichText) else RichText(value))
