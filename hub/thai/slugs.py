r"""Slugs that keep Thai vowel signs and tone marks.

Django's ``slugify`` and its slug validator know ``\w`` only, and Thai signs above and below the
line are marks (category Mn), not letters: ป่า (forest) and ปา (to throw) become one slug.
"""

import re

from hub.thai.text import THAI_MARKS, typed

SLUG_CHARACTERS = rf"[-\w{THAI_MARKS}]"


def slugify_thai(title: str) -> str:
    """``title`` as a slug: composed, lower case, words joined by hyphens, Thai marks kept."""
    title = typed(title).lower()
    title = re.sub(rf"[^\w\s{THAI_MARKS}-]", " ", title)
    return re.sub(r"[-\s_]+", "-", title).strip("-")[:200].strip("-")
