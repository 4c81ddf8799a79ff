"""Questions that an app asks in the forms of other apps' pages, the editor's and public ones.

The app calls ``ask`` when it is loaded. A form that writes a page calls ``problems`` while it
checks what was typed, ``apply`` when it has filled the page and ``store`` when it has saved it;
the fields themselves are in the form by a panel or a template tag of the app that asks.
"""

from typing import Protocol


class FormExtension(Protocol):
    def problems(self, page, data) -> list[str]:
        """What is missing or wrong in the answers in ``data``, for the person who typed them."""

    def apply(self, page, data, user) -> None:
        """Change ``page`` as the answers want; its revision is not saved yet."""

    def store(self, page, data, user) -> None:
        """Keep the answers; ``page`` is saved."""


_questions: list[FormExtension] = []


def ask(question: FormExtension) -> None:
    _questions.append(question)


def problems(page, data) -> list[str]:
    return [said for question in _questions for said in question.problems(page, data)]


def apply(page, data, user) -> None:
    for question in _questions:
        question.apply(page, data, user)


def store(page, data, user) -> None:
    for question in _questions:
        question.store(page, data, user)
