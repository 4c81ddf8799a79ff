"""The editor's panel for the chain: offers only what the page type may state."""

from django.utils.functional import cached_property
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, PageChooserPanel

from hub.forms import ChainLinkForm

# Wagtail's TitleFieldPanel would write the bare title into the slug field at every keystroke.
TITLE = FieldPanel("title")


class ChainPanel(InlinePanel):
    """Chain links, with relations and targets limited to those declared by the page type."""

    @cached_property
    def panel_definitions(self):
        from hub.models.knowledge_page import knowledge_page_types

        stages = set().union(*self.model.chain.values()) if self.model.chain else set()
        targets = [m._meta.label for m in knowledge_page_types() if m.stage in stages]
        return [
            FieldPanel("relation"),
            PageChooserPanel("target", page_type=targets or ["hub.KnowledgePage"]),
            FieldPanel("evidence_text"),
            MultiFieldPanel([FieldPanel("evidence_document"), FieldPanel("evidence_url")]),
            FieldPanel("date"),
            FieldPanel("author"),
        ]

    def get_form_options(self):
        options = super().get_form_options()
        formset = options["formsets"][self.relation_name]
        base = formset.get("form", ChainLinkForm)
        bases = (ChainLinkForm,) if base is ChainLinkForm else (ChainLinkForm, base)
        formset["form"] = type("ChainLinkForm", bases, {"page_model": self.model})
        return options
