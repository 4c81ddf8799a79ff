from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModelsLibConfig(AppConfig):
    name = "models_lib"
    verbose_name = _("Models")

    def ready(self):
        from hub.reference import reference_loaded
        from models_lib.reference import add_reference

        reference_loaded.connect(add_reference)
