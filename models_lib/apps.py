from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModelsLibConfig(AppConfig):
    name = "models_lib"
    verbose_name = _("Models")

    def ready(self):
        from models_lib.broken_links import register_checks

        register_checks()
        from models_lib import moderation

        moderation.connect()
