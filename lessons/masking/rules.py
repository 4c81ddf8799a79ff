"""The masking rules, in the order in which they are asked. No Django here.

Each takes a ``NormalizedText`` and the ``Rules`` of ``lessons.masking.masker`` and yields (start,
end, kind, replacement) with offsets in the normalized text.
"""

from lessons.masking.english import english_names, english_places, english_titles
from lessons.masking.figures import contacts, dates, money, numbers, people, plates
from lessons.masking.persons import bare_names, called, thai_titles, who_it_is
from lessons.masking.places import (
    thai_banks_and_roads,
    thai_businesses,
    thai_places,
    thai_villages_and_temples,
)

RULES = (
    contacts, plates, numbers, money, people, dates, thai_banks_and_roads, thai_businesses,
    thai_places, thai_villages_and_temples, thai_titles, called, who_it_is, bare_names,
    english_places, english_titles, english_names,
)
