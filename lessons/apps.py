from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LessonsConfig(AppConfig):
    name = "lessons"
    verbose_name = _("Lessons")

    def ready(self):
        from hub.people import personal_data
        from lessons import signals
        from lessons.suggestions import panel
        from lessons.suggestions import personal_data as lesson_data
        from lessons.usage.broken_links import register_checks

        register_checks()
        signals.connect()
        panel.add_to_editors()
        personal_data.register("answers_about_lessons", lesson_data.answers_of)
