from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HubConfig(AppConfig):
    name = "hub"
    verbose_name = _("Knowledge hub")

    def ready(self):
        from hub import broken_links, changes, checks, schedule, versions  # noqa: F401
        from hub.slugs import accept_thai_slugs

        accept_thai_slugs()
        changes.connect()
        schedule.connect()
        broken_links.register_own()
        versions.connect()
