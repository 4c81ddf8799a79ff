"""The slides of ODP and the notes of PPTX, both of which xberg 1.3.9 gets wrong.

It assigns the first notes of a PPTX to the first slide, whichever slide they belong to, and returns
only the notes of an ODP. Both are zips of XML. Entities are no danger: expat does not resolve
external ones and limits expansion, and the child process is limited too.
"""

import io
import posixpath
import zipfile
from xml.etree import ElementTree

DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
PARAGRAPHS = (TEXT + "p", TEXT + "h")
GAPS = (TEXT + "s", TEXT + "tab", TEXT + "line-break")
OFFICE = "{http://schemas.openxmlformats.org"
DRAWING = OFFICE + "/drawingml/2006/main}"
SLIDE_ID = OFFICE + "/presentationml/2006/main}sldId"
RELATION_ID = OFFICE + "/officeDocument/2006/relationships}id"


def odp_slides(content: bytes) -> list[str]:
    """The text of each slide of an ODP, its notes last. Raises KeyError or ParseError."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tree = ElementTree.fromstring(archive.read("content.xml"))
    return [
        "\n".join(_paragraph(element) for element in slide.iter() if element.tag in PARAGRAPHS)
        for slide in tree.iter(DRAW + "page")
    ]


def _paragraph(element) -> str:
    """All text in a paragraph; spaces, tabs and line breaks are elements of their own."""
    text = element.text or ""
    for child in element:
        if child.tag in GAPS:
            text += " "
        elif child.tag not in (*PARAGRAPHS, TEXT + "page-number"):
            text += _paragraph(child)
        text += child.tail or ""
    return text


def pptx_notes(content: bytes) -> list[str]:
    """The speaker's notes of each slide of a PPTX in order, "" where there are none.

    Empty when the file's layout differs from PowerPoint's: its slides can still be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            show = ElementTree.fromstring(archive.read("ppt/presentation.xml"))
            slides = {key: to for key, _kind, to in _related(archive, "ppt/presentation.xml")}
            order = [slides[slide.get(RELATION_ID)] for slide in show.iter(SLIDE_ID)]
            return [_notes_of(archive, slide) for slide in order]
    except (KeyError, ElementTree.ParseError, zipfile.BadZipFile):
        return []


def _related(archive, member):
    """The parts that a part of an Office file points to: id, kind, name in the zip."""
    folder, name = posixpath.split(member)
    try:
        relations = ElementTree.fromstring(archive.read(f"{folder}/_rels/{name}.rels"))
    except KeyError:
        return []
    return [
        (relation.get("Id"), relation.get("Type", "").rsplit("/", 1)[-1],
         posixpath.normpath(posixpath.join("/" + folder, relation.get("Target", "")))[1:])
        for relation in relations
    ]


def _notes_of(archive, slide) -> str:
    lines = []
    for _key, kind, target in _related(archive, slide):
        if kind == "notesSlide":
            for paragraph in ElementTree.fromstring(archive.read(target)).iter(DRAWING + "p"):
                if paragraph.find(DRAWING + "fld") is None:  # the number of the slide
                    lines.append("".join(run.text or "" for run in paragraph.iter(DRAWING + "t")))
    return "\n".join(filter(None, lines))
