"""Reads the texts of the demonstration: one TOML file for each page and language."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from hub.pages.blocks import ItemsBlock, StoryBlock

FOLDER = Path(__file__).parent / "content"
KINDS = ("practice", "lesson", "study-tour", "model", "replication", "curriculum", "issue",
         "assembly", "resolution")


@dataclass(frozen=True)
class Text:
    """One page in one language; ``name`` is ``kind/stem``, the same in every language."""

    name: str
    kind: str
    stem: str
    language: str
    values: dict


def read_texts() -> list[Text]:
    """All texts, Thai before English, in the order of the chain."""
    texts = []
    for kind in KINDS:
        for path in sorted((FOLDER / kind).glob("*.toml")):
            stem, language, _toml = path.name.split(".")
            values = tomllib.loads(path.read_text("utf-8"))
            texts.append(Text(f"{kind}/{stem}", kind, stem, language, values))
    return sorted(texts, key=lambda t: (t.language != "th", KINDS.index(t.kind), t.stem))


def read(name) -> dict:
    """A single TOML file of the content folder."""
    return tomllib.loads((FOLDER / name).read_text("utf-8"))


def story(blocks):
    """A body as written in TOML → the value of a StoryBlock."""
    block = StoryBlock()
    raw = []
    for item in blocks or []:
        item = dict(item)
        kind = item.pop("type")
        match kind:
            case "heading":
                value = item["text"]
            case "paragraph":
                value = item["html"]
            case "figures" | "steps":
                value = [_texts(v) for v in item["items"]]
            case _:
                value = item
        raw.append({"type": kind, "value": value})
    return block.to_python(raw)


def items(values):
    """A list of strings → the value of an ItemsBlock."""
    return ItemsBlock().to_python([{"type": "item", "value": v} for v in values or []])


def figures(values, stream_block):
    """Figures → the value of a stream of figure blocks."""
    return stream_block.to_python([{"type": "figure", "value": _texts(v)} for v in values or []])


def _texts(values) -> dict:
    return {key: str(value) for key, value in values.items()}
