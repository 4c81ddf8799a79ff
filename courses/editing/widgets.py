"""Widgets of the editor's form of a curriculum.

The script ``curriculum_form.js`` finds them by their ``data-`` attributes.
"""

from django import forms
from django.utils.translation import gettext_lazy as _


class HiddenKey(forms.HiddenInput):
    """The key of a session.

    New sessions are copies of the empty form and share its key; the script replaces it.
    """

    def __init__(self, attrs=None):
        super().__init__({"data-row-key": ""} | (attrs or {}))


class SessionSelect(forms.Select):
    """The session that a handout belongs to, by its key.

    Sessions can be added and renamed in the same form, so the script keeps the options up to date.
    The server renders the whole course, the given ``choices`` and the current value.
    """

    def __init__(self, attrs=None, choices=()):
        super().__init__({"data-session-select": ""} | (attrs or {}), choices)

    def optgroups(self, name, value, attrs=None):
        own = [(key, label) for key, label in self.choices if key]
        known = {str(key) for key, _label in own}
        chosen = [(key, key) for key in value if key and key not in known]
        self.choices = [("", _("The whole course")), *own, *chosen]
        return super().optgroups(name, value, attrs)
