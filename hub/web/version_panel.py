"""Below the dashboard of the admin: which version of the hub this is."""

from wagtail.admin.ui.components import Component

from hub import __version__


class VersionPanel(Component):
    """The version, for everybody who enters the admin: it belongs into every report of an error."""

    template_name = "hub/web/version_panel.html"
    order = 1000

    def get_context_data(self, parent_context):
        return {"version": __version__}


def show_version(request, panels) -> None:
    """Wagtail's hook ``construct_homepage_panels``."""
    panels.append(VersionPanel())
