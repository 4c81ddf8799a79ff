"""What templates need beyond Wagtail's own: dates, sums, navigation, the other language."""

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import formats
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page

from hub.chain import Relation
from hub.middleware import language_of
from hub.models import HomePage
from hub.sections import heading_anchor

register = template.Library()
register.filter("anchor", heading_anchor)


@register.filter
def local_date(value) -> str:
    """A date in the reader's calendar: 7 ตุลาคม 2552 in Thai, 7 October 2009 in English."""
    if not value:
        return ""
    if get_language() == "th":
        return f"{value.day} {formats.date_format(value, 'F')} {value.year + 543}"
    return formats.date_format(value, "j F Y")


@register.filter
def local_year(value) -> str:
    """A year in the reader's calendar: Buddhist in Thai."""
    if not value:
        return ""
    return str(int(value) + 543) if get_language() == "th" else str(value)


@register.filter
def baht(value) -> str:
    """An amount with thousands marked: 12,500 บาท."""
    if value is None or value == "":
        return ""
    return _("%(amount)s baht") % {"amount": f"{int(value):,}"}


@register.filter
def duration(minutes) -> str:
    """Minutes as hours and minutes."""
    hours, rest = divmod(int(minutes or 0), 60)
    parts = []
    if hours:
        parts.append(ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours})
    if rest or not hours:
        parts.append(ngettext("%(n)s minute", "%(n)s minutes", rest) % {"n": rest})
    return " ".join(parts)


@register.filter
def relation_label(relation) -> str:
    """The words of a relation as the page reads it."""
    return Relation(relation).label


@register.filter
def status_value(status) -> str:
    return getattr(status, "value", status)


def _home(context):
    """The home page in the language of the address, and the site's name space of locales."""
    request = context.get("request")
    code = language_of(request.path) if request else (get_language() or "th")
    if request is not None and getattr(request, "_hub_home", None):
        return request._hub_home
    home = HomePage.objects.filter(locale__language_code=code, live=True).first()
    if request is not None:
        request._hub_home = home
    return home


@register.simple_tag(takes_context=True)
def home_page(context):
    return _home(context)


@register.simple_tag(takes_context=True)
def menu(context):
    """The pages in the main navigation: (title, url, is this the present one)."""
    home = _home(context)
    if home is None:
        return []
    request = context.get("request")
    path = request.path if request else ""
    pages = home.get_children().live().public().in_menu()
    urls = [(page.title, page.get_url(request)) for page in pages]
    return [(title, url, bool(url) and path.startswith(url)) for title, url in urls]


@register.simple_tag(takes_context=True)
def other_language(context):
    """The same page in the other language, or that language's home: (code, name, url)."""
    request = context.get("request")
    present = language_of(request.path) if request else (get_language() or "th")
    code, name = ("en", "English") if present == "th" else ("th", "ภาษาไทย")
    page = context.get("page")
    if isinstance(page, Page) and page.pk:
        twin = (
            Page.objects.filter(translation_key=page.translation_key,
                                locale__language_code=code)
            .live().public().first()
        )
        if twin:
            return {"code": code, "name": name, "url": twin.get_url(request), "is_twin": True}
    if request and request.path.rstrip("/").endswith("/search"):
        with override(code):
            try:
                query = request.META.get("QUERY_STRING", "")
                url = reverse("search") + (f"?{query}" if query else "")
                return {"code": code, "name": name, "url": url, "is_twin": False}
            except NoReverseMatch:
                pass
    return {"code": code, "name": name, "url": "/" if code == "th" else "/en/", "is_twin": False}


@register.simple_tag(takes_context=True)
def breadcrumbs(context):
    """The pages above this one, from the home page down."""
    page = context.get("page")
    if not isinstance(page, Page) or not page.pk:
        return []
    request = context.get("request")
    above = page.get_ancestors().filter(depth__gt=1).live()
    return [(p.title, p.get_url(request)) for p in above]


@register.simple_tag(takes_context=True)
def page_link(context, page):
    """The address of a page; used so that sites and locales are looked up once per request."""
    return page.get_url(context.get("request"))


@register.simple_tag
def locale_code(page) -> str:
    """The language a page is written in, e.g. ``th``; locales are few and looked up once."""
    if page.locale_id not in _codes:
        _codes.update(Locale.objects.values_list("pk", "language_code"))
    return _codes.get(page.locale_id, "")


_codes = {}
