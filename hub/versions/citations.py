"""How a version of a page is cited: in words, and as files for programs that keep references.

No Django here. A ``Work`` is what is cited; years of ``published`` and ``accessed`` are of the
common era, and Thai words give them in the Buddhist one.
"""

import json
import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

from hub.thai.dates import format_date, format_year

# What TeX reads as its own; a backslash first becomes a letter of its own kind.
TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%",
    "#": r"\#", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}


@dataclass(frozen=True)
class Work:
    """One version of a page; ``url`` is its whole address, percent-encoded."""

    key: str  # of ASCII letters and figures
    title: str
    authors: tuple[str, ...]  # as they call themselves: Thai names are not turned around
    version: int
    published: date
    accessed: date
    url: str
    language: str  # th or en
    publisher_th: str
    publisher_en: str

    def publisher(self) -> str:
        """The publisher's name in the work's own language."""
        return self.publisher_th if self.language == "th" else self.publisher_en


def in_thai(work: Work) -> str:
    """The citation as a sentence in Thai, with Buddhist years."""
    return _sentence(
        work, " และ ", work.publisher_th, format_year(work.published.year, "th"),
        f"ฉบับที่ {work.version}", f"สืบค้นเมื่อ {format_date(work.accessed, 'th')} จาก",
    )


def in_english(work: Work) -> str:
    """The citation as a sentence in English."""
    return _sentence(
        work, " & ", work.publisher_en, format_year(work.published.year, "en"),
        f"Version {work.version}", f"Retrieved {format_date(work.accessed, 'en')}, from",
    )


def _sentence(
    work: Work, last: str, publisher: str, year: str, version: str, retrieved: str
) -> str:
    *first, final = [_line(author) for author in work.authors] or [publisher]
    authors = (", ".join(first) + last + final) if first else final
    named = "" if authors == publisher else f" {publisher}."
    # The address is given as people read and type it, in Thai letters.
    address = unquote(work.url)
    return f"{authors} ({year}). {_line(work.title)} ({version}).{named} {retrieved} {address}"


def bibtex(work: Work) -> str:
    """An entry for BibTeX and biblatex; names stand in braces, so that none is turned around."""
    authors = [_line(author) for author in work.authors] or [work.publisher()]
    fields = {
        "author": " and ".join(f"{{{_tex(author)}}}" for author in authors),
        "title": f"{{{_tex(_line(work.title))}}}",
        "year": str(work.published.year),
        "month": str(work.published.month),
        "version": str(work.version),
        "note": f"Version {work.version}",
        "publisher": _tex(_line(work.publisher())),
        "url": work.url,
        "urldate": work.accessed.isoformat(),
        "langid": "thai" if work.language == "th" else "english",
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items()]
    return f"@misc{{{work.key},\n" + ",\n".join(lines) + "\n}\n"


def ris(work: Work) -> str:
    """A record in RIS, for EndNote, Zotero and Mendeley."""
    authors = work.authors or (work.publisher(),)
    lines = [
        ("TY", "ELEC"), *[("AU", author) for author in authors], ("TI", work.title),
        ("PY", work.published.year), ("DA", f"{work.published:%Y/%m/%d}/"),
        ("ET", work.version), ("PB", work.publisher()), ("UR", work.url),
        ("Y2", f"{work.accessed:%Y/%m/%d}/"), ("LA", work.language), ("ID", work.key), ("ER", ""),
    ]
    return "".join(f"{tag}  - {_line(str(value))}\r\n" for tag, value in lines)


def csl_json(work: Work) -> str:
    """A list of one item in CSL-JSON, as citeproc, Pandoc and Zotero take it."""
    item = {
        "id": work.key,
        "type": "webpage",
        "title": _line(work.title),
        "author": [{"literal": _line(a)} for a in work.authors or (work.publisher(),)],
        "issued": {"date-parts": [_parts(work.published)]},
        "accessed": {"date-parts": [_parts(work.accessed)]},
        "version": str(work.version),
        "publisher": _line(work.publisher()),
        "URL": work.url,
        "language": work.language,
    }
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


def schema_org(work: Work, **more: object) -> dict[str, object]:
    """The same for search engines: a CreativeWork of schema.org, with ``more`` of its fields."""
    fields: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "CreativeWork",
        "name": _line(work.title),
        "author": [{"@type": "Person", "name": _line(name)} for name in work.authors],
        "publisher": {"@type": "Organization", "name": _line(work.publisher())},
        "datePublished": work.published.isoformat(),
        "version": work.version,
        "inLanguage": work.language,
        "url": work.url,
    }
    return fields | more


# Name in the address → maker, content type, ending of the file.
FORMS = {
    "bibtex": (bibtex, "application/x-bibtex; charset=utf-8", "bib"),
    "ris": (ris, "application/x-research-info-systems; charset=utf-8", "ris"),
    "csl-json": (csl_json, "application/vnd.citationstyles.csl+json; charset=utf-8", "json"),
}


def _parts(day: date) -> list[int]:
    return [day.year, day.month, day.day]


def _line(text: str) -> str:
    """``text`` on one line: a line end would begin a new field of RIS."""
    return " ".join(text.split())


def _tex(text: str) -> str:
    return re.sub(r"[\\{}$&%#_^~]", lambda found: TEX[found[0]], text)
