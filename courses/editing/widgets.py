"""What the editor's form of a curriculum has beyond Wagtail's own fields.

The script ``course_form.js`` finds both by their ``data-`` attributes.
"""

from django import forms
from django.utils.translation import gettext_lazy as _


class HiddenKey(forms.HiddenInput):
    """The key of a session. The empty form that is copied for new ones holds one key; the script
    gives each new session its own."""

    def __init__(self, attrs=None):
        super().__init__({"data-row-key": ""} | (attrs or {}))


class SessionSelect(forms.Select):
    """The session that a handout belongs to, by its key.

    Which sessions there are, only the form itself knows while it is being written: the script
    fills in their titles, new ones among them, whenever they change. From the server come the
    whole course, those given as ``choices`` and the one that is chosen.
    """

    def __init__(self, attrs=None, choices=()):
        super().__init__({"data-session-select": ""} | (attrs or {}), choices)

    def optgroups(self, name, value, attrs=None):
        own = [(key, label) for key, label in self.choices if key]
        known = {str(key) for key, _label in own}
        chosen = [(key, key) for key in value if key and key not in known]
        self.choices = [("", _("The whole course")), *own, *chosen]
        return super().optgroups(name, value, attrs)
