"""Questions that an app asks in the forms of other apps' pages, the editor's and public ones.

The app registers an extension by the hook ``register_form_extension``. A form that writes a page
calls ``problems`` while it validates, ``apply`` when it has filled the page and ``store`` when it
has saved it; the fields themselves come into the form by a panel or a template tag of the app.
"""

from typing import Protocol

from hub.hooks import registered


class FormExtension(Protocol):
    def problems(self, page, data, user) -> list[str]:
        """What is missing or wrong in the answers in ``data``, for ``user``, who typed them."""

    def apply(self, page, data, user) -> None:
        """Change ``page`` as the answers want; its revision is not saved yet."""

    def store(self, page, data, user) -> None:
        """Keep the answers; ``page`` is saved."""


def _extensions() -> list[FormExtension]:
    return [extension() for extension in registered("register_form_extension")]


def problems(page, data, user) -> list[str]:
    return [problem for e in _extensions() for problem in e.problems(page, data, user)]


def apply(page, data, user) -> None:
    for extension in _extensions():
        extension.apply(page, data, user)


def store(page, data, user) -> None:
    for extension in _extensions():
        extension.store(page, data, user)
