"""The panel of the editor that suggests lessons while a page is written."""

from django import forms
from django.urls import reverse
from wagtail.admin.panels import Panel

from hub.models.knowledge_page import knowledge_page_types
from lessons.suggestions.suggest import page_text, suggestions_for

POSITION = 2  # after title and summary, so that lessons are seen before the rest is written


class LessonsPanel(Panel):
    """Lessons that fit the page; rendered by the server, refreshed by a script while typing."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "lessons/suggestions/panel.html"

        @property
        def media(self):
            return forms.Media(
                js=["js/lessons/suggestions.js"], css={"all": ["css/lessons/admin.css"]}
            )

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            data = self.form.data if self.form.is_bound else None
            text = page_text(self.instance)
            return context | {
                "suggestions": suggestions_for(self.instance, text, self.request, data),
                "page": self.instance,
                "page_model": self.instance._meta.label_lower,
                "address": reverse("lesson_suggestions"),
            }


def add_to_editors() -> None:
    """Add the panel to the form of every page type with ``suggests_lessons``."""
    for model in knowledge_page_types():
        if model.suggests_lessons:
            panels = model.content_panels
            model.content_panels = [*panels[:POSITION], LessonsPanel(), *panels[POSITION:]]
