from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LessonsConfig(AppConfig):
    name = "lessons"
    verbose_name = _("Lessons")

    def ready(self):
        from lessons import signals
        from lessons.suggestions import panel

        signals.connect()
        panel.add_to_editors()
