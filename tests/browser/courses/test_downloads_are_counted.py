"""A visitor downloads a pack and a handout, and both appear in the course’s figures."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, axe_violations, screens
from tests.conftest import matrix

# The user agent of headless Chromium counts as a robot.
USER_AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140"
COURSES = """
from courses.models import CurriculumPage
for slug in ("community-fisheries-course", "neighbour-visits-course"):
    english = CurriculumPage.objects.get(slug=slug)
    print(english.get_translations().live().get().url, english.url)
"""
# Downloads leave cached pages as they are, for a minute at most; any change makes them anew.
CHANGE = """
from hub.changelog.recording import record
record("site")
"""
A_YEAR = """
from datetime import date, timedelta
from courses.models import CurriculumPage, DownloadCount
page = CurriculumPage.objects.get(slug="community-fisheries-course")
for one in [page, page.get_translations().live().get().specific]:
    month = date.today()
    for number in range(1, 14):
        month = (month.replace(day=1) - timedelta(days=1))
        DownloadCount.objects.increment(
            number * 331 % 1250, page=one, day=month, version=1, kind="pack")
"""


@pytest.fixture(scope="module")
def courses(served):
    """(Thai, English) addresses of a course with downloads and of one without."""
    downloaded, other = (line.split() for line in served.shell(COURSES).splitlines())
    return downloaded, other


def figures(page, course) -> dict:
    """What is downloaded → how often, from the JSON."""
    lines = page.request.get(f"{course}downloads/json/").json()["lines"]
    found = {}
    for line in lines:
        key = line["file"] or line["what"]
        found[key] = found.get(key, 0) + line["times"]
    return found


@pytest.mark.parametrize("language", matrix([0, 1], quick=[0]))
def test_downloads_appear_in_the_figures(open_browser, served, courses, language):
    course = courses[0][language]
    page = open_browser(viewport=PHONE, user_agent=USER_AGENT)
    page.goto(course)
    before = figures(page, course)
    handout = page.locator("a.file[href$='docx']").first
    title = handout.locator(".file__name").evaluate("e => e.firstChild.data.trim()")
    for link in (page.locator(".pack > a.button"), handout, handout):
        with page.expect_download() as download:
            link.click()
        assert download.value.path().stat().st_size > 1000
    expected = before | {"pack": before.get("pack", 0) + 1, title: before.get(title, 0) + 1}
    for _attempt in range(60):
        if (now := figures(page, course)) == expected:
            break
        time.sleep(0.3)
    assert now == expected
    served.shell(CHANGE)
    page.goto(course)
    page.locator(".pack a[href$='downloads/']").click()
    row = page.locator("tr", has_text=title)
    expect(row.locator("td")).to_have_text(str(expected[title]))
    expect(page.locator(".counted__total")).to_have_text(f"{sum(expected.values()):,}")
    with page.expect_download() as download:
        page.locator("a[href$='downloads/csv/']").click()
    assert title in download.value.path().read_text("utf-8-sig")
    assert page.context.cookies() == []


@screens(PHONE, "dark")
def test_the_figures_are_legible_on_every_screen(
    open_browser, served, courses, viewport, scheme
):
    served.shell(A_YEAR + CHANGE)
    page = open_browser(viewport=viewport, color_scheme=scheme, bypass_csp=True)
    problems = []
    for address in [*courses[0], *courses[1]]:
        assert page.goto(f"{address}downloads/").status == 200
        page.evaluate("document.fonts.ready")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > viewport["width"]:
            problems.append(f"{address}: {width} px wide")
        problems += axe_violations(page)
        if address in courses[0]:
            assert page.locator(".by-month rect").count() == 12
            problems += page.evaluate("""() => {
              const chart = document.querySelector('.by-month').getBoundingClientRect();
              return [...document.querySelectorAll('.by-month text')].flatMap(text => {
                const box = text.getBoundingClientRect();
                const size = parseFloat(getComputedStyle(text).fontSize) * chart.width / 330;
                return box.left < chart.left - 1 || box.right > chart.right + 1 || size < 12
                  ? [`${text.textContent}: ${size} px`] : [];
              });
            }""")
        else:
            expect(page.locator(".by-month")).to_have_count(0)
            expect(page.locator("#counted")).to_be_visible()
    assert not problems, "\n".join(problems)
