"""Relevance figures from question sets: what is asked, what is right, and how well it ranks.

A set is SQuAD JSON (``data[].paragraphs[].{context, qas[].{question, answers[].text}}``) or JSON
lines with ``context`` and ``question`` (``answers`` where there are any: strings, objects with
``text``, or SQuAD's ``{"text": [...]}``). Keywords are derived from the answers. No Django here.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from search.text.spelling import TO_LATIN

KEYWORD_LETTERS = range(3, 26)  # the length of an answer that serves as a keyword


@dataclass(frozen=True)
class Question:
    """What is asked, and the numbers (positions in ``QuestionSet.paragraphs``) that are right."""

    text: str
    right: frozenset[int]


@dataclass(frozen=True)
class QuestionSet:
    """Distinct paragraphs in order, and what is asked of them."""

    paragraphs: list[str]
    questions: list[Question]
    keywords: list[Question]


def misspellings(keywords: Iterable[Question]) -> dict[str, list[Question]]:
    """Rule → the keywords that it applies to, misspelt by it.

    The rules are mechanical. Keywords of four letters or more, all of them Thai:
    *tone left out*: without its first tone mark; *wrong tone*: its first tone mark is the next
    one of ่ ้ ๊ ๋; *doubled letter*: its middle consonant twice; *mark of silence left out*:
    without ์; *keyboard in Latin*: the keys of a Thai keyboard pressed on a Latin one.
    """
    rules = {
        "tone left out": lambda w: re.sub("[่้๊๋]", "", w, count=1),
        "wrong tone": lambda w: re.sub(
            "[่้๊๋]", lambda m: "้๊๋่"["่้๊๋".index(m[0])], w, count=1
        ),
        "doubled letter": _with_doubled_letter,
        "mark of silence left out": lambda w: w.replace("์", ""),
        "keyboard in Latin": lambda w: w.translate(TO_LATIN),
    }
    thai = [k for k in keywords if len(k.text) > 3 and re.fullmatch("[ก-ฮะ-์]+", k.text)]
    return {
        name: [Question(said, k.right) for k in thai if (said := rule(k.text)) != k.text]
        for name, rule in rules.items()
    }


def _with_doubled_letter(word) -> str:
    consonants = [i for i, letter in enumerate(word) if "ก" <= letter <= "ฮ"]
    if not consonants:
        return word
    middle = consonants[len(consonants) // 2]
    return word[: middle + 1] + word[middle:]


@dataclass(frozen=True)
class Figures:
    """Means over ``asked`` questions, each from 0 to 1."""

    asked: int
    mrr_at_10: float
    recall_at_1: float
    recall_at_10: float
    precision_at_10: float


def load(path, keyword_paragraphs: Iterable[str] = ()) -> QuestionSet:
    """Read the set at ``path``; ValueError says where a record lacks something.

    ``keyword_paragraphs`` are further texts that will be indexed after the set's own: a keyword
    is right wherever its string occurs.
    """
    numbers, questions, answers = {}, [], {}
    for context, question, found in _records(Path(path)):
        number = numbers.setdefault(context, len(numbers))
        questions.append(Question(question, frozenset([number])))
        answers.update(dict.fromkeys(a for a in map(str.strip, found) if _is_keyword(a)))
    paragraphs = list(numbers)
    compared = [_compared(p) for p in (*paragraphs, *keyword_paragraphs)]
    keywords = []
    for answer in answers:
        string = _compared(answer)
        right = frozenset(i for i, text in enumerate(compared) if string in text)
        if right:
            keywords.append(Question(answer, right))
    return QuestionSet(paragraphs, questions, keywords)


def _records(path):
    """Yield (context, question, answers) of either format."""
    text = path.read_text("utf-8")
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        whole = None  # several values: JSON lines
    if isinstance(whole, dict) and "data" in whole:
        for article in whole["data"]:
            for paragraph in article["paragraphs"]:
                for qa in paragraph["qas"]:
                    yield paragraph["context"], qa["question"], _answers(qa.get("answers"))
        return
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            yield record["context"], record["question"], _answers(record.get("answers"))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(f"{path}, line {number}: {error!r}") from error


def _answers(value) -> list[str]:
    if not value:
        return []
    if isinstance(value, dict):
        value = value.get("text", [])
    if isinstance(value, str):
        return [value]
    return [v["text"] if isinstance(v, dict) else str(v) for v in value]


def _is_keyword(answer) -> bool:
    return len(answer) in KEYWORD_LETTERS and not any(c.isspace() for c in answer)


def _compared(text) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def figures(
    questions: Sequence[Question], ranked: Callable[[str], Sequence[int]]
) -> Figures:
    """Ask every question; ``ranked`` returns paragraph numbers, best first (ten are looked at).

    Precision is over what was returned, so that one right paragraph returned alone counts 1;
    nothing returned counts 0.
    """
    reciprocal = first = recall = precision = 0.0
    for question in questions:
        found = list(ranked(question.text))[:10]
        right = [number in question.right for number in found]
        if True in right:
            reciprocal += 1 / (right.index(True) + 1)
            first += right[0]
        recall += sum(right) / min(10, len(question.right))
        precision += sum(right) / len(found) if found else 0.0
    asked = len(questions)
    share = 1 / asked if asked else 0.0
    return Figures(
        asked, reciprocal * share, first * share, recall * share, precision * share
    )
