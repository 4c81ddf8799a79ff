from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LessonsConfig(AppConfig):
    name = "lessons"
    verbose_name = _("Lessons")

    def ready(self):
        from hub.people import personal_data
        from lessons import panels, signals
        from lessons.broken_links import register_checks
        from lessons.suggestions import personal_data as member

        register_checks()
        signals.connect()
        panels.ask_in_editors()
        personal_data.register("answers_about_lessons", member.answers_of)
