"""What masking finds of what identifies somebody, on lessons with marks.

The rules are tuned on one half. The other is counted and printed, never read: its figures are
those of lessons that nobody tuned the rules for.
"""

import pytest

from bench.masking_metrics import LANGUAGES, marked, of_half, read

pytestmark = pytest.mark.django_db


def test_marks_are_taken_out_and_their_places_noted():
    one = marked("ครู[[สมศรี]]กับ{{สามคน}} [[ต้น]]")
    assert one.text == "ครูสมศรีกับสามคน ต้น"
    assert [one.text[a:b] for a, b in one.identifying] == ["สมศรี", "ต้น"]
    assert [one.text[a:b] for a, b in one.optional] == ["สามคน"]


def test_there_are_at_least_120_lessons_and_both_halves_have_both_languages():
    counts = {(half, language): len(read(half, language))
              for half in ("tuning", "untouched") for language in LANGUAGES}
    assert sum(counts.values()) >= 120
    assert all(count >= 15 for count in counts.values()), counts


def test_of_what_identifies_somebody_99_in_100_are_masked_and_few_other_words(hub, capsys):
    strings, missed, masks, needless = 0, [], 0, []
    for language in LANGUAGES:
        figures = of_half("tuning", language)
        strings, masks = strings + figures.identifying, masks + figures.masks
        missed, needless = missed + figures.missed, needless + figures.needless
    assert 1 - len(missed) / strings >= 0.99, missed
    assert len(needless) / masks <= 0.05, needless


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_untouched_half_is_measured(hub, capsys, language):
    figures = of_half("untouched", language)
    with capsys.disabled():
        print(f"\nmasking, untouched half, {language}: recall {figures.recall:.3f} of "
              f"{figures.identifying}, needless {figures.needless_share:.3f} of {figures.masks}")
    assert figures.recall >= FLOOR[language], "the counts alone; do not list what was missed"


FLOOR = {"th": 0.92, "en": 0.96}  # what was reached, less a little: a rule that is lost shows here
