from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HubConfig(AppConfig):
    name = "hub"
    verbose_name = _("Knowledge hub")

    def ready(self):
        from hub import changes, checks, versions  # noqa: F401
        from hub.slugs import accept_thai_slugs

        accept_thai_slugs()
        changes.connect()
        versions.connect()
