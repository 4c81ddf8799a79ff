"""The editor's form of a curriculum."""

import uuid

from django.utils.translation import gettext as _

from courses.editing.checklist import unmet_requirements
from hub.pages.forms import KnowledgePageForm

PUBLISHING_ACTIONS = {"action-publish", "action-submit", "action-restart-workflow"}


class CurriculumPageForm(KnowledgePageForm):
    """Publishes, or submits for publishing, only pages that pass all required checks.

    ``courses.publishing`` applies the same checks to actions without this form. A scheduled page is
    checked when it is scheduled, and not again when it is published.
    """

    def is_valid(self):
        if not super().is_valid():
            return False
        self._ensure_unique_session_keys()
        if self._is_publishing():
            for item in unmet_requirements(super(KnowledgePageForm, self).save(commit=False)):
                for problem in item.problems:
                    self.add_error(None, f"{item.label}: {problem}")
            if self.errors:
                self.add_error(None, _("Nothing is lost: save it as a draft, and publish it when "
                                       "this is done."))
        return not self.errors

    def _is_publishing(self) -> bool:
        approved = self.data.get("workflow-action-name") == "approve"
        return bool(PUBLISHING_ACTIONS & self.data.keys()) or approved

    def _ensure_unique_session_keys(self):
        """Without JavaScript, added rows share the key of the empty form."""
        keys = set()
        for row in self.formsets["sessions"].forms if "sessions" in self.formsets else ():
            if row.instance.key in keys:
                row.instance.key = uuid.uuid4()
            keys.add(row.instance.key)
