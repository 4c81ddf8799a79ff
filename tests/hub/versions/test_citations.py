"""A version is cited in words and in files that programs can read, whatever its title holds."""

import json
import re
from datetime import date

import pytest

from hub.models import Contributor
from hub.versions import citations
from tests.factories import ModelPageFactory

HOSTILE = 'ปู 100% & {ไข่} \\ "ถัง" $5 #1 a_b ~c^d\r\nER  - \nTY  - BOOK <script>'
WORK = citations.Work(
    key="page7v3", title="ธนาคารปูม้า", authors=("สมใจ ใจดี", "กลุ่มประมง, บ้านตัวอย่าง"), version=3,
    published=date(2026, 1, 31), accessed=date(2026, 11, 25),
    url="https://example.org/%E0%B8%9B%E0%B8%B9/v/3/", language="th",
    publisher_th="คลังความรู้", publisher_en="Knowledge Hub",
)


def with_title(title, **fields):
    return citations.Work(**(vars(WORK) | {"title": title} | fields))


def test_words_in_thai_have_buddhist_years():
    assert citations.in_thai(WORK) == (
        "สมใจ ใจดี และ กลุ่มประมง, บ้านตัวอย่าง (2569). ธนาคารปูม้า (ฉบับที่ 3). คลังความรู้. "
        "สืบค้นเมื่อ 25 พฤศจิกายน 2569 จาก https://example.org/ปู/v/3/"
    )


def test_words_in_english_have_years_of_the_common_era():
    assert citations.in_english(WORK) == (
        "สมใจ ใจดี & กลุ่มประมง, บ้านตัวอย่าง (2026). ธนาคารปูม้า (Version 3). Knowledge Hub. "
        "Retrieved 25 November 2026, from https://example.org/ปู/v/3/"
    )


def test_without_an_author_the_publisher_is_named_once():
    work = with_title("ปู", authors=())
    assert citations.in_english(work).startswith("Knowledge Hub (2026). ปู (Version 3). Retrieved")
    assert bibtex_of(citations.bibtex(work))["author"] == "{คลังความรู้}"


def bibtex_of(text) -> dict:
    """The fields of one entry, read as BibTeX reads it: by braces that must match."""
    head = re.match(r"@misc\{([a-z0-9]+),\n", text)
    fields, rest = {"key": head[1]}, text[head.end():]
    while found := re.match(r"\s*(\w+) = \{", rest):
        depth, end = 1, found.end()
        while depth:
            if rest[end] == "\\":
                end += 1  # what is escaped opens and closes nothing
            elif rest[end] in "{}":
                depth += 1 if rest[end] == "{" else -1
            end += 1
        fields[found[1]] = rest[found.end() : end - 1]
        rest = rest[end:].removeprefix(",")
    assert rest.strip() == "}"
    return fields


def unescaped(tex) -> str:
    for sign, written in sorted(citations.TEX.items(), key=lambda pair: -len(pair[1])):
        tex = tex.replace(written, f"\0{ord(sign)}\0")
    return re.sub("\0(\\d+)\0", lambda found: chr(int(found[1])), tex)


@pytest.mark.parametrize("title", ["ธนาคารปูม้า", HOSTILE, "}{", "\\", "{{{"])
def test_bibtex_can_be_parsed(title):
    fields = bibtex_of(citations.bibtex(with_title(title, authors=(title, "ข & ค"))))
    assert fields["key"] == "page7v3"
    assert unescaped(fields["title"][1:-1]) == " ".join(title.split())
    assert unescaped(fields["author"]) == f"{{{' '.join(title.split())}}} and {{ข & ค}}"
    assert (fields["year"], fields["version"], fields["urldate"]) == ("2026", "3", "2026-11-25")
    assert fields["url"] == WORK.url
    assert not re.search(r"(?<!\\)[&%$#_]", fields["title"])


@pytest.mark.parametrize("title", ["ธนาคารปูม้า", HOSTILE])
def test_ris_can_be_parsed(title):
    lines = citations.ris(with_title(title)).split("\r\n")
    assert lines.pop() == ""
    pairs = [re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line).groups() for line in lines]
    tags = [tag for tag, _value in pairs]
    assert (tags[0], tags[-1], tags.count("TY"), tags.count("ER")) == ("TY", "ER", 1, 1)
    values = dict(pairs)
    assert values["TI"] == " ".join(title.split())
    assert [v for t, v in pairs if t == "AU"] == list(WORK.authors)
    assert (values["PY"], values["ET"], values["UR"]) == ("2026", "3", WORK.url)


@pytest.mark.parametrize("title", ["ธนาคารปูม้า", HOSTILE])
def test_csl_json_can_be_parsed(title):
    [item] = json.loads(citations.csl_json(with_title(title)))
    assert item["title"] == " ".join(title.split())
    assert item["author"] == [{"literal": name} for name in WORK.authors]
    assert item["issued"] == {"date-parts": [[2026, 1, 31]]}
    assert (item["version"], item["URL"], item["language"]) == ("3", WORK.url, "th")


# The pages


@pytest.fixture
def page(db, hub):
    page = ModelPageFactory(title="ปู </script><b> & ไข่", contributors=[Contributor(name="สมใจ")])
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def test_a_page_offers_both_citations_and_three_files(page, visitor, settings):
    address = f"{page.url}v/{page.current_version.number}/cite/"
    body = visitor.get(address).content.decode()
    assert "สมใจ (" in body and "ปู &lt;/script&gt;" in body
    assert "สืบค้นเมื่อ" in body and "Retrieved" in body
    for form, ending in (("bibtex", "bib"), ("ris", "ris"), ("csl-json", "json")):
        assert f'href="{address}{form}/"' in body
        response = visitor.get(f"{address}{form}/")
        name = f"page{page.pk}v{page.current_version.number}.{ending}"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert response["X-Content-Type-Options"] == "nosniff"
        assert settings.WAGTAILADMIN_BASE_URL in response.content.decode()
    assert json.loads(response.content)[0]["title"] == page.title


def test_an_old_version_is_cited_by_the_names_it_had(page, visitor):
    page.title = "ชื่อใหม่"
    page.contributors = [Contributor(name="คนใหม่")]
    page.save_revision().publish()
    [item] = json.loads(visitor.get(f"{page.url}v/1/cite/csl-json/").content)
    assert item["title"] != "ชื่อใหม่" and item["version"] == "1"
    [item] = json.loads(visitor.get(f"{page.url}v/2/cite/csl-json/").content)
    assert item["title"] == "ชื่อใหม่"
    assert item["author"] == [{"literal": "คนใหม่"}]
    assert "/v/2/cite/" in visitor.get(f"{page.url}v/1/cite/").content.decode()


def test_search_engines_are_given_the_citation_as_data(page, visitor):
    for address in (page.url, f"{page.url}v/1/"):
        body = visitor.get(address).content.decode()
        [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', body)
        data = json.loads(text)
        assert data["name"] == "ปู </script><b> & ไข่"
        assert data["@type"] == "CreativeWork"
        assert data["url"].endswith(f"/v/{data['version']}/")
