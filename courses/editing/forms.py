"""The editor's form of a curriculum."""

import uuid

from django.utils.translation import gettext as _

from hub.pages.forms import KnowledgePageForm

TO_PUBLISH = {"action-publish", "action-submit", "action-restart-workflow"}


class CurriculumPageForm(KnowledgePageForm):
    """Publishes, or hands in to be published, only what has all that is required.

    ``courses.editing.publishing`` holds the same where no form is open. What is scheduled is held against
    it when it is scheduled; what a list of requirements asks for later stops nothing that waits.
    """

    def is_valid(self):
        if not super().is_valid():
            return False
        self._give_every_session_a_key_of_its_own()
        if self._is_to_be_published():
            from courses.editing.checklist import lacking

            for item in lacking(super(KnowledgePageForm, self).save(commit=False)):
                for problem in item.problems:
                    self.add_error(None, f"{item.label}: {problem}")
            if self.errors:
                self.add_error(None, _("Nothing is lost: save it as a draft, and publish it when "
                                       "this is done."))
        return not self.errors

    def _is_to_be_published(self) -> bool:
        approved = self.data.get("workflow-action-name") == "approve"
        return bool(TO_PUBLISH & self.data.keys()) or approved

    def _give_every_session_a_key_of_its_own(self):
        """Without the script, rows that were added share the key of the empty form."""
        keys = set()
        for row in self.formsets["sessions"].forms if "sessions" in self.formsets else ():
            if row.instance.key in keys:
                row.instance.key = uuid.uuid4()
            keys.add(row.instance.key)
