from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HubConfig(AppConfig):
    name = "hub"
    verbose_name = _("Knowledge hub")

    def ready(self):
        from hub import checks  # noqa: F401 - registers the checks
        from hub.chain import broken_links
        from hub.changelog import recording
        from hub.jobs import housekeeping
        from hub.thai.slugs import accept_thai_slugs
        from hub.versions import numbering

        accept_thai_slugs()
        recording.connect()
        housekeeping.connect()
        broken_links.register_own()
        numbering.connect()
