"""The panel below the choice of who may read a lesson."""

from wagtail.admin.panels import Panel


class MaskingPanel(Panel):
    """Leads to the masked copy of a lesson."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "lessons/privacy/masking_panel.html"

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            masked = getattr(self.instance, "masked", None) if self.instance.pk else None
            return context | {"page": self.instance, "copy": masked and masked.copy}
