"""Earlier versions of the demonstration's pages, so that there is something to compare.

A file in ``content/earlier`` says what differed: values in place of today's, and of the building
blocks those fields that read otherwise, each under the title that the block has ``now``.
"""

from dataclasses import replace

from demonstration import content


def of(text) -> list[content.Text]:
    """The versions of ``text`` that are published before it, oldest first."""
    path = content.FOLDER / "earlier" / f"{text.stem}.{text.language}.toml"
    if text.kind != "model" or not path.exists():
        return []
    was = content.read(f"earlier/{path.name}")
    other = {block.pop("now"): block for block in was.pop("building_blocks", [])}
    blocks = [
        block | other.pop(block["title"], {}) for block in text.values["building_blocks"]
    ]
    if other:
        raise ValueError(f"{path.name}: no building blocks called {', '.join(other)}.")
    values = text.values | {"changes": ""} | was | {"building_blocks": blocks}
    return [replace(text, values=values)]
