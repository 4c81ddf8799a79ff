"""Every page type: no axe violation, nothing wider than the screen, no foreign request, no script
error. The thorough run opens them in both languages, on phone and desktop, light and dark; the
quick run in Thai on a phone in light colours."""


import pytest

from tests.browser.conftest import PHONE, axe_violations, screens

KINDS = ["practice", "lesson", "study-tour", "model", "replication", "curriculum", "issue",
         "assembly", "draft", "resolution"]
FIXED = [
    "/lessons-used/", "/en/lessons-used/", "/lessons-together/", "/en/lessons-together/",
    "/lessons-together/nonprofit-management/challenge/",
    "/en/lessons-together/nonprofit-management/challenge/",
    "/search/alert/?q=ปูม้า&kind=model", "/en/search/alert/?q=crab", "/search/alert/asked/?q=ปูม้า",
    "/en/search/alert/asked/?q=crab", "/search/alert/stop/old/", "/en/search/alert/confirm/old/",
    "/", "/search/?q=ปูม้า", "/search/?q=zzqqzz", "/search/?topic=fishers", "/ไม่มีหน้านี้/",
    "/courses/runs/", "/en/courses/runs/", "/certificates/", "/en/certificates/",
    "/en/", "/en/search/?q=crab", "/en/search/?q=", "/en/nothing-here/", "/_util/login/",
]
LISTS = """
from hub.models import SectionPage, TextPage, KnowledgePage
from wagtail.models import Page
for model in (SectionPage, TextPage):
    for page in model.objects.live():
        print(page.url)
for kind in %r:
    for language in ("th", "en"):
        page = KnowledgePage.objects.live().of_stages([kind]).filter(
            locale__language_code=language).order_by("pk").first()
        if page:
            print(page.url)
"""


# The pages that e-mails of alerts link to: before confirming, after, and before stopping.
ALERTS = """
from django.utils import timezone
from wagtail.models import Site
from search.models import Alert
site = Site.objects.get(is_default_site=True)
for number, moment in enumerate([None, timezone.now()]):
    for prefix, language in (("", "th"), ("/en", "en")):
        alert, created = Alert.objects.get_or_create(
            email="axe@example.org", digest=f"{language}{number}", site=site, language=language,
            text="ปูม้า", confirmed_at=moment, defaults={"checked_until": moment})
        print(f"{prefix}/search/alert/confirm/{alert.confirm_token}/")
        print(f"{prefix}/search/alert/stop/{alert.stop_token}/")
"""


@pytest.fixture(scope="module")
def addresses(served, request):
    found = served.shell(LISTS % KINDS).split()
    # Not all page types exist in both languages.
    assert len(found) >= 2 * (4 + 2) + len(KINDS) * 2
    every = FIXED + found + served.shell(ALERTS).split()
    if request.config.getoption("thorough"):
        return every
    return [address for address in every if not address.startswith("/en/")]


@screens(PHONE, "light")
def test_axe_finds_nothing_and_nothing_overflows(
    open_browser, served, addresses, viewport, scheme
):
    page = open_browser(viewport=viewport, color_scheme=scheme, bypass_csp=True)
    foreign = []
    page.on("request", lambda r: foreign.append(r.url) if not r.url.startswith(
        (served.url, "data:")) else None)
    problems = []
    for address in addresses:
        page.goto(address)
        page.evaluate("document.fonts.ready")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > viewport["width"]:
            problems.append(f"{address}: {width} px wide")
        problems += axe_violations(page)
    assert not problems, "\n".join(problems)
    assert not foreign


@pytest.mark.thorough
def test_the_content_security_policy_blocks_nothing(open_browser, addresses):
    """The Content-Security-Policy blocks nothing on any page."""
    page = open_browser()
    complaints = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state("networkidle")
    # Chromium also reports the 404 of missing pages.
    assert [c for c in complaints if "404" not in c] == []


def test_thai_is_set_in_the_hubs_own_font_and_broken_between_words(open_browser):
    page = open_browser(viewport=PHONE)
    page.goto("/")
    page.evaluate("document.fonts.ready")
    loaded = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
    )
    assert loaded
    breaks = page.evaluate(
        """() => {
          const text = document.querySelector('.hero p, main p').firstChild;
          const lines = []; let top = null;
          for (let i = 0; i < text.length; i++) {
            const range = document.createRange();
            range.setStart(text, i); range.setEnd(text, i + 1);
            const box = range.getClientRects()[0]; if (!box || !box.width) continue;
            if (top !== null && Math.abs(box.top - top) > 8) lines.push(i);
            top = box.top;
          }
          return [text.data, lines];
        }"""
    )
    text, starts = breaks
    assert starts, "the text is on one line; the test needs a longer one"
    for start in starts:
        assert text[start] not in "ะัาำิีึืฺุู็่้๊๋์ํๆ", text[start - 10 : start + 5]
        assert text[start - 1] not in "เแโใไ", text[start - 10 : start + 5]
