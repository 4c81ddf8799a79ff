"""What templates need beyond Wagtail's own: dates, sizes, icons, navigation, the other language."""

from urllib.parse import unquote

from django import template
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.template import defaulttags
from django.template.defaultfilters import filesizeformat
from django.templatetags.static import static
from django.urls import translate_url
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language
from wagtail.fields import StreamField
from wagtail.models import Page

from hub import formatting
from hub.access.readers import anybody
from hub.chain.relations import DEPENDENCE, STAGE_PLURALS, Stage
from hub.models.generation import kept, kept_of
from hub.pages.sdgs import SDGS
from hub.pages.sections import heading_anchor
from hub.people.personal_data import name_of, own_name_of
from hub.thai import typography
from hub.web.error_pages import language_of
from hub.web.navigation import Frame, frame_of, locales_of
from hub.web.read_parameters import read_address, read_query
from hub.withdrawals.notices import FLAGGED, MARKS, marks, marks_for

register = template.Library()
register.filter("anchor", heading_anchor)
register.filter("name_of", name_of)
register.filter("own_name", own_name_of)

STATUS_ICONS = {
    "verified": "check", "success": "check", "kept": "check", "confirmed": "check",
    "evidenced": "file", "reported": "note", "changed": "change", "partial": "half",
    "under_way": "half",
    "contradicted": "cross", "failure": "cross", "dropped": "minus", "overdue": "clock",
}


# Dates, amounts, sizes

for shown in (
    formatting.thai_date, formatting.thai_year, formatting.number, formatting.baht,
    formatting.minutes,
):
    register.filter(shown)
register.simple_tag(formatting.date_range)


@register.filter
def in_lines(text) -> str:
    """Plain text as paragraphs and lists; see ``hub.thai.typography``."""
    return mark_safe(typography.in_lines(text))


@register.filter
def in_phrases(text) -> str:
    """A title whose lines break between phrases; see ``hub.thai.typography``."""
    return mark_safe(typography.in_phrases(text))


@register.filter
def filesize(value) -> str:
    """Bytes in words: 1.2 MB; nothing when the size is not known."""
    return filesizeformat(value) if value else ""


@register.filter
def for_session(handouts, session_number) -> list:
    """The handouts of one session; of the whole course where ``session_number`` is empty."""
    return [h for h in handouts if (h.session_number or None) == (session_number or None)]


# Words and marks


@register.simple_tag
def icon(name):
    """An icon of the sprite, hidden from readers of the screen: the words stand beside it."""
    return format_html(
        '<svg class="icon" width="20" height="20" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.filter
def status_icon(status) -> str:
    """The icon that stands beside the words of a status."""
    return STATUS_ICONS.get(str(getattr(status, "value", status)), "dot")


@register.filter
def language_of_text(text) -> str:
    """The language to declare for words that stand in one language on pages of both."""
    return "th" if typography.THAI_LETTER.search(str(text or "")) else "en"


@register.filter
def language_name(code) -> str:
    """A language's name in that language."""
    return formatting.LANGUAGE_NAMES.get(code, code)


@register.filter
def description(page) -> str:
    """What a page is about in a sentence or two, for search engines and shared links."""
    for name in ("search_description", "summary", "introduction"):
        if text := getattr(page, name, ""):
            return text
    return ""


@register.filter
def readable_address(address) -> str:
    """An address as people read and type it, with its Thai letters."""
    return unquote(str(address))


@register.filter
def sdg_name(goal) -> str:
    """The name of a Sustainable Development Goal by its number."""
    return dict(SDGS).get(int(goal), "")


@register.filter
def stage_plural(stage) -> str:
    """The words for many pages of a stage."""
    return STAGE_PLURALS[Stage(stage)]


@register.inclusion_tag("includes/page/field_section.html")
def field_section(page, name, label="", tone=""):
    """One field of a page under its heading; nothing when the field is empty."""
    value = getattr(page, name)
    try:
        field = page._meta.get_field(name)
    except FieldDoesNotExist:
        field = None
    return {
        "value": value,
        "is_list": isinstance(field, StreamField),
        "anchor": heading_anchor(name),
        "label": label or capfirst(field.verbose_name),
        "tone": tone,
    }


@register.simple_tag(takes_context=True)
def contents_of(context, page):
    """The headings of a page, each once, for its list of contents."""
    return kept_of(context.get("request"), page, "contents", lambda: _contents(page))


def _contents(page) -> list:
    found = {}
    for section in page.sections():
        if section.anchor and section.heading:
            found.setdefault(section.anchor, capfirst(section.heading))
    for name, heading in page.lists_after:
        if getattr(page, name):
            found[name] = heading
    return list(found.items())


# The chain


@register.filter
def backward(chain) -> list:
    """(relation, steps) of the chain that lead to what a page grew from."""
    return [(r, steps) for r, steps in (chain or {}).items() if r in DEPENDENCE]


@register.filter
def forward(chain) -> list:
    """(relation, steps) of the chain that lead to what grew from a page."""
    return [(r, steps) for r, steps in (chain or {}).items() if r not in DEPENDENCE]


@register.simple_tag
def chain_line(page, chain):
    """The stages around a page in the chain's order: label, count, whether the page is there."""
    counts = {}
    for steps in (chain or {}).values():
        for step in steps:
            counts.setdefault(step.page.stage, set()).add(step.page.pk)
    return [
        {
            "stage": stage.value,
            "label": stage.label,
            "count": len(counts.get(stage, ())),
            "is_here": stage == page.stage,
        }
        for stage in Stage
        if stage in counts or stage == page.stage
    ]


@register.inclusion_tag("hub/withdrawals/mark.html", takes_context=True)
def page_mark(context, pk):
    """The mark of a page, by its id, that was withdrawn or rests on withdrawn knowledge, if any."""
    request = context.get("request")
    mark = (marks_for(request) if request else marks()).get(pk)
    return {"mark": MARKS.get(mark), "tone": "warn" if mark == FLAGGED else "bad"}


# Navigation


@register.simple_tag(takes_context=True)
def site_name(context) -> str:
    """The hub's name: from the settings, in other languages the title of the home page."""
    code = _code(context)
    translated = "" if code == settings.LANGUAGE_CODE else _frame(context).name
    return translated or settings.WAGTAIL_SITE_NAME


def _code(context) -> str:
    """The language of the page at hand: its own, else that of the address."""
    page = context.get("page")
    if isinstance(page, Page) and page.locale_id:
        return _language_of(page, context.get("request"))
    request = context.get("request")
    return language_of(request.path) if request else (get_language() or "th")


def _frame(context) -> Frame:
    request = context.get("request")
    return frame_of(request, _code(context)) if request else Frame()


def _home_url(context, code) -> str:
    url = _frame(context).homes.get(code)
    return url or ("/" if code == settings.LANGUAGE_CODE else f"/{code}/")


@register.simple_tag(takes_context=True)
def language_code(context) -> str:
    """The language to declare for the whole page."""
    return _code(context)


@register.simple_tag(takes_context=True)
def written_in(context, page) -> str:
    """The language a page in a list is written in."""
    return _language_of(page, context.get("request"))


def _language_of(page, request) -> str:
    known = locales_of(request) if request else {}
    locale = known.get(page.locale_id) or page.locale  # one that was added just now
    return locale.language_code


@register.simple_tag(takes_context=True)
def home_url(context) -> str:
    """The address of the home page in the reader's language."""
    return _home_url(context, _code(context))


@register.simple_tag(takes_context=True)
def menu_items(context) -> list:
    """The main navigation: title, url and the aria-current of where the reader is."""
    items = []
    for title, url in _frame(context).menu:
        here = context["request"].path
        path = unquote(url)  # Thai addresses are quoted in links and plain in request.path
        current = ("page" if here == path else "true") if path and here.startswith(path) else ""
        items.append({"title": title, "url": url, "current": current})
    return items


@register.simple_tag(takes_context=True)
def this_address(context) -> str:
    """Path and parameters of this page, to come back to."""
    return read_address(context["request"])


@register.simple_tag(takes_context=True)
def querystring(context, **changes) -> str:
    """Django's tag of this name, of the parameters that the page has read."""
    return defaulttags.querystring(context, read_query(context["request"]), **changes)


@register.simple_tag(takes_context=True)
def footer_pages(context) -> list:
    """The plain text pages, such as the one on accessibility: title and url."""
    return [{"title": title, "url": url} for title, url in _frame(context).footer]


def _translations(context) -> list:
    page = context.get("page")
    return translations_of(page, context.get("request")) if isinstance(page, Page) else []


def translations_of(page, request) -> list:
    """``page`` in other languages, as far as anybody may read it."""
    if not page.pk:
        return []

    def translations():
        # As plain pages: nothing but their addresses is shown.
        pages = Page.objects.filter(translation_key=page.translation_key).exclude(pk=page.pk)
        return list(anybody().readable(pages).select_related("locale"))

    return kept(request, ("translations", page.pk), translations) if request else translations()


@register.simple_tag(takes_context=True)
def other_languages(context) -> list:
    """For each other language its code, name and the address of this page in it, else its home."""
    present, request, page = _code(context), context.get("request"), context.get("page")
    twins = {twin.locale.language_code: twin for twin in _translations(context)}
    found = []
    for code, _name in settings.LANGUAGES:
        if code == present:
            continue
        twin = twins.get(code)
        url = (twin.get_url(request) or "") + context.get("below", "") if twin else ""
        match = getattr(request, "resolver_match", None)
        if page is None and match and match.url_name != "wagtail_serve":
            url = translate_url(read_address(request), code)
        found.append(
            {"code": code, "name": formatting.LANGUAGE_NAMES.get(code, code),
             "url": url or _home_url(context, code), "is_twin": bool(twin)}
        )
    return found


@register.simple_tag(takes_context=True)
def alternates(context) -> list:
    """(language, full address) of a page in every language it exists in, itself first."""
    page, request = context.get("page"), context.get("request")
    if not isinstance(page, Page) or not page.pk:
        return []
    pages = [page, *_translations(context)]
    pairs = [(_language_of(p, request), p.get_full_url(request)) for p in pages]
    return [(code, url) for code, url in pairs if url]


@register.simple_tag(takes_context=True)
def page_ancestors(context) -> list:
    """The pages above this one, from the home page down: dicts of title and url."""
    page, request = context.get("page"), context.get("request")
    if not isinstance(page, Page) or not page.pk:
        return []
    above = getattr(page, "pages_above", None)
    if above is None:
        above = page.get_ancestors().filter(depth__gt=1)
    above = [p for p in above if p.live]
    return [{"title": p.title, "url": p.get_url(request)} for p in above]


@register.simple_tag
def contact_address() -> str:
    """Where people write to those who run the site: the sender of its letters."""
    return settings.DEFAULT_FROM_EMAIL
