"""The editor's panel for the chain: offers only what the page type may state."""

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.widgets import AdminPageChooser
from wagtail.models import PageViewRestriction

from hub.pages.forms import ChainLinkForm

# Wagtail's TitleFieldPanel would write the bare title into the slug field at every keystroke.
TITLE = FieldPanel("title")


class TargetChooser(AdminPageChooser):
    """Does not name a page that was closed to a group since the link was made: whoever edits the
    page that states the link would read its title."""

    def get_display_title(self, instance):
        restrictions = instance.get_view_restrictions()
        if restrictions.filter(restriction_type=PageViewRestriction.GROUPS).exists():
            return _("A page that is not open to all")
        return super().get_display_title(instance)


class ChainPanel(InlinePanel):
    """Chain links, with relations and targets limited to those declared by the page type."""

    @cached_property
    def panel_definitions(self):
        stages = set().union(*self.model.chain.values()) if self.model.chain else set()
        targets = [m._meta.label for m in self.model.types_at(stages)]
        return [
            FieldPanel("relation"),
            FieldPanel("target", widget=TargetChooser(targets or ["hub.KnowledgePage"])),
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
