"""The editor's panel for the chain: offers only what the page type may state."""

from django.utils.functional import cached_property
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.widgets import AdminPageChooser

from hub.pages.forms import ChainLinkForm

# Wagtail's TitleFieldPanel would write the bare title into the slug field at every keystroke.
TITLE = FieldPanel("title")


class ChainPanel(InlinePanel):
    """Chain links, with relations and targets limited to those declared by the page type."""

    @cached_property
    def panel_definitions(self):
        stages = set().union(*self.model.chain.values()) if self.model.chain else set()
        targets = [m._meta.label for m in self.model.types_at(stages)]
        return [
            FieldPanel("relation"),
            FieldPanel("target", widget=AdminPageChooser(targets or ["hub.KnowledgePage"])),
            FieldPanel("version"),
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
