"""Truncated, altered and malicious files of every kind give a status within the limits."""

import io
import random
import time
import zipfile
import zlib

import pytest

from search.extraction.extractor import MIME_TYPES, Extracted, Limits, extract, extract_safely
from tests.conftest import matrix
from tests.search.extraction.test_extraction import FILES, SENTENCES, WRITERS, write_docx, write_odf

SEED = 20260414
CASES = 13  # of each kind
SECONDS = 20
STATUSES = {"read", "empty", "garbled", "encrypted", "failed", "too_big", "timeout"}
KINDS = [*WRITERS, "pdf", "doc", "ppt", "xls", "txt", "csv", "htm"]


def whole(kind, folder) -> bytes:
    """A sound file of the kind."""
    path = folder / f"whole.{kind}"
    if kind in WRITERS:
        WRITERS[kind](path)
        return path.read_bytes()
    if kind == "htm":
        WRITERS["html"](path)
        return path.read_bytes()
    if kind in ("txt", "csv"):
        return "\r\n".join(SENTENCES).encode("cp874")
    return (FILES / ("cairo.pdf" if kind == "pdf" else f"crab-bank.{kind}")).read_bytes()


def damaged(content, generator) -> bytes:
    """``content`` cut, with bytes altered, with a stretch gone, doubled or full of zeros."""
    content = bytearray(content)
    how = generator.choice(["cut", "flip", "flip", "flip", "gone", "doubled", "zeros"])
    start = generator.randrange(len(content))
    stretch = generator.randrange(1, max(2, len(content) // 4))
    if how == "cut":
        del content[start:]
    elif how == "flip":
        for _ in range(generator.choice([1, 4, 32, 256])):
            content[generator.randrange(len(content))] = generator.randrange(256)
    elif how == "gone":
        del content[start : start + stretch]
    elif how == "doubled":
        content[start:start] = content[start : start + stretch]
    else:
        content[start : start + stretch] = bytes(len(content[start : start + stretch]))
    return bytes(content)


def damaged_inside(content, generator) -> bytes:
    """A zip whose frame is sound and one member is damaged: the readers of XML are met too."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = generator.choice(sorted(name for name in members if members[name]))
    members[name] = damaged(members[name], generator)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return made.getvalue()


def judged(extracted, taken):
    assert isinstance(extracted, Extracted)
    assert extracted.status in STATUSES
    assert taken < SECONDS + 5
    assert extracted.status == "read" or not extracted.parts
    for part in extracted.parts:
        assert isinstance(part.text, str)


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_at_random(kind, tmp_path):
    """In this process, so that two hundred take seconds; the next test is through the child."""
    generator = random.Random(f"{SEED} {kind}")
    content = whole(kind, tmp_path)
    path = tmp_path / f"a.{kind}"
    for case in range(CASES):
        inside = zipfile.is_zipfile(io.BytesIO(content)) and case % 2
        path.write_bytes((damaged_inside if inside else damaged)(content, generator))
        start = time.monotonic()
        extracted = extract(path, filename=path.name, limits=Limits())
        judged(extracted, time.monotonic() - start)


@pytest.mark.parametrize("kind", matrix(
    sorted(set(KINDS) - {"csv", "htm"}), quick=["doc", "docx", "odt", "pdf", "txt"]
))
def test_damaged_at_random_through_the_child(kind, tmp_path):
    generator = random.Random(f"{SEED} child {kind}")
    path = tmp_path / f"a.{kind}"
    path.write_bytes(damaged(whole(kind, tmp_path), generator))
    start = time.monotonic()
    judged(extract_safely(path, filename=path.name, limits=Limits(seconds=SECONDS)),
           time.monotonic() - start)


def test_every_supported_kind_is_tested_here():
    assert set(KINDS) == set(MIME_TYPES)


def safely(path, **limits) -> Extracted:
    limits = {"seconds": SECONDS, "memory_bytes": 600 * 1024**2} | limits
    start = time.monotonic()
    extracted = extract_safely(path, filename=path.name, limits=Limits(**limits))
    judged(extracted, time.monotonic() - start)
    return extracted


# Bombs

LAUGHS = "<!DOCTYPE a [<!ENTITY b0 'ปูม้า'>" + "".join(
    f"<!ENTITY b{n} '{f'&b{n - 1};' * 10}'>" for n in range(1, 10)
) + "]>"
ODP_BODY = (
    "<draw:page><draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    "</draw:page>"
)


def with_members(path, members):
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in (kept | members).items():
            archive.writestr(name, body)


@pytest.mark.parametrize("kind, member, root", [
    ("docx", "word/document.xml", "w:document"), ("pptx", "ppt/slides/slide1.xml", "p:sld"),
    ("xlsx", "xl/worksheets/sheet1.xml", "worksheet"), ("odp", "content.xml", "office:document"),
    ("odt", "content.xml", "office:document"), ("epub", "a.xhtml", "html"),
])
def test_an_entity_bomb_is_not_expanded(kind, member, root, tmp_path):
    path = tmp_path / f"a.{kind}"
    WRITERS[kind](path)
    with zipfile.ZipFile(path) as archive:
        xml = archive.read(member).decode()
    xml = xml.removeprefix('<?xml version="1.0" encoding="UTF-8"?>')
    xml = xml.split("?>", 1)[-1] if xml.lstrip().startswith("<?xml") else xml
    for sentence in SENTENCES:
        xml = xml.replace(sentence, "&b9;")
    with_members(path, {member: LAUGHS + xml})
    extracted = safely(path)
    assert sum(len(part.text) for part in extracted.parts) < 100_000


def test_an_entity_does_not_read_local_files(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("ความลับของเครื่อง")
    for kind, member in (("odp", "content.xml"), ("docx", "word/document.xml"),
                         ("epub", "a.xhtml"), ("odt", "content.xml")):
        path = tmp_path / f"a.{kind}"
        WRITERS[kind](path)
        with zipfile.ZipFile(path) as archive:
            xml = archive.read(member).decode().split("?>", 1)[-1]
        xml = xml.replace(SENTENCES[0], "&secret;")
        entity = f'<!DOCTYPE a [<!ENTITY secret SYSTEM "file://{secret}">]>'
        with_members(path, {member: entity + xml})
        assert "ความลับ" not in "".join(part.text for part in safely(path).parts), kind


def test_zips_in_zips_are_not_expanded(tmp_path):
    inner = b"0" * 10**6
    for depth in range(12):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for n in range(4):
                archive.writestr(f"{depth}-{n}.zip", inner)
        inner = made.getvalue()
    path = tmp_path / "a.docx"
    write_docx(path)
    with_members(path, {"word/embeddings/a.zip": inner, "word/embeddings/b.docx": inner})
    extracted = safely(path)
    assert extracted.status == "read"
    assert "ปูม้า" in extracted.parts[0].text


@pytest.mark.parametrize("kind", ["docx", "odt", "xlsx", "epub"])
def test_a_huge_declared_size_is_refused(kind, tmp_path):
    path = tmp_path / f"a.{kind}"
    WRITERS[kind](path)
    content = bytearray(path.read_bytes())
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        content[at + 24 : at + 28] = (2**32 - 2).to_bytes(4, "little")
        at += 4
    path.write_bytes(content)
    assert safely(path).status in ("too_big", "failed")


@pytest.mark.parametrize("kind", ["html", "odt", "odp", "docx", "rtf"])
def test_deep_nesting_ends(kind, tmp_path):
    deep = 200_000
    path = tmp_path / f"a.{kind}"
    if kind == "html":
        path.write_text("<html><body>" + "<div>" * deep + "ปูม้า")
    elif kind == "rtf":
        path.write_text("{\\rtf1 " + "{" * deep + "crab" + "}" * deep + "}")
    elif kind == "docx":
        write_docx(path)
        with zipfile.ZipFile(path) as archive:
            xml = archive.read("word/document.xml").decode()
        nested = "<w:sdt><w:sdtContent>" * deep + "</w:sdtContent></w:sdt>" * deep
        with_members(path, {"word/document.xml": xml.replace("<w:body>", "<w:body>" + nested)})
    else:
        spans = "<text:span>" * deep + "ปูม้า" + "</text:span>" * deep
        body = f"<text:p>{spans}</text:p>" if kind == "odt" else ODP_BODY.format(spans)
        write_odf(path, "text" if kind == "odt" else "presentation", body)
    safely(path)


def pdf_of(stream, extra=b"") -> bytes:
    """A PDF of one page whose content is the packed ``stream``."""
    return packed_pdf(zlib.compress(stream, 9), extra)


def packed_pdf(packed, extra=b"") -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
        b"4 0 obj<</Length " + str(len(packed)).encode() + b"/Filter/FlateDecode>>stream\n"
        + packed + b"\nendstream endobj\n"
        b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        + extra + b"trailer<</Root 1 0 R>>\n%%EOF"
    )


@pytest.mark.thorough
def test_a_page_that_expands_to_all_memory_ends(tmp_path):
    path = tmp_path / "a.pdf"
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(b" " * 10**6) for _ in range(900)) + packer.flush()
    path.write_bytes(packed_pdf(packed))
    assert safely(path).status in ("too_big", "timeout", "failed")


def test_a_page_of_endless_text_is_truncated(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of(b"BT /F 9 Tf " + b"(crab bank crab bank) Tj " * 200_000 + b"ET"))
    extracted = safely(path, characters=10_000)
    assert sum(len(part.text) for part in extracted.parts) <= 10_000


def test_a_cycle_of_pages_ends(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of(b"").replace(b"/Kids[3 0 R]/Count 1", b"/Kids[2 0 R 2 0 R]/Count 9"))
    assert safely(path, seconds=4).status in ("timeout", "failed", "empty")


def test_a_sheet_that_claims_a_million_rows_ends(tmp_path):
    path = tmp_path / "a.ods"
    write_odf(path, "spreadsheet", (
        '<table:table table:name="a"><table:table-row table:number-rows-repeated="1048576">'
        '<table:table-cell table:number-columns-repeated="16384" office:value-type="string">'
        "<text:p>ปูม้า</text:p></table:table-cell></table:table-row></table:table>"
    ))
    safely(path)


def test_a_sheet_with_one_cell_far_away_ends(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.cell(1_048_576, 16_384, "ปูม้า")
    book.save(tmp_path / "a.xlsx")
    safely(tmp_path / "a.xlsx")
