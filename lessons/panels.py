"""Panels of the editor: the way to the masked copy, and lessons at the moment of need."""

from django import forms
from django.urls import reverse
from wagtail.admin.panels import Panel


class MaskingPanel(Panel):
    """Below the choice of who may read a lesson: where its masked copy stands."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "lessons/admin/masking_panel.html"

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            masked = getattr(self.instance, "masked", None) if self.instance.pk else None
            return context | {"page": self.instance, "public": masked and masked.public}


class LessonsPanel(Panel):
    """Lessons that fit what stands in the form; drawn by the server, renewed while one types."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "lessons/admin/at_hand_panel.html"

        @property
        def media(self):
            return forms.Media(
                js=["js/lessons_at_hand.js"], css={"all": ["css/lessons_admin.css"]}
            )

        def get_context_data(self, parent_context=None):
            from lessons.suggestions.answers import asked_about, text_of

            context = super().get_context_data(parent_context)
            data = self.form.data if self.form.is_bound else None
            return context | {
                "asked": asked_about(self.instance, text_of(self.instance), self.request, data),
                "page": self.instance,
                "page_model": self.instance._meta.label_lower,
                "address": reverse("lessons_at_hand"),
            }


PLACE = 2  # after title and summary: what is written next is what a lesson can still change


def ask_in_editors() -> None:
    """Put the panel into the form of every page type that asks for lessons."""
    from hub.models.knowledge_page import knowledge_page_types

    for model in knowledge_page_types():
        if model.asks_lessons:
            panels = model.content_panels
            model.content_panels = [*panels[:PLACE], LessonsPanel(), *panels[PLACE:]]
