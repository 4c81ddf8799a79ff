from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LessonsConfig(AppConfig):
    name = "lessons"
    verbose_name = _("Lessons")

    def ready(self):
        from hub import personal_data
        from lessons import member, panels, signals
        from lessons.broken_links import register_checks

        register_checks()
        signals.connect()
        panels.ask_in_editors()
        personal_data.register("answers_about_lessons", member.answers_of)
