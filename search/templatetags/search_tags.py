"""What search adds to pages of other apps."""

from django import template

from search.query.related import related_to

register = template.Library()


@register.simple_tag(takes_context=True)
def related_pages(context, page):
    """Pages to read next; none in a preview, which is of a page that nobody can find yet."""
    request = context.get("request")
    if request is None or getattr(request, "is_preview", False) or not page.live:
        return []
    return related_to(page, context["chain"], request)
