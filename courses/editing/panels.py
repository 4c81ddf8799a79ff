"""The checklist in the editor's form of a curriculum."""

from django import forms
from wagtail.admin.panels import Panel

from courses.editing.checklist import checklist_of


class ChecklistPanel(Panel):
    """What is missing before publishing, as of the last save, and the translated strings of the
    script that adds up minutes while they are typed."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "courses/editing/checklist.html"

        @property
        def media(self):
            return forms.Media(
                js=["js/courses/curriculum_form.js"], css={"all": ["css/courses/editor.css"]}
            )

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            items = checklist_of(self.instance)
            return context | {
                "required": [item for item in items if item.is_required],
                "recommended": [item for item in items if not item.is_required],
                "open": sum(not item.is_done for item in items),
            }
