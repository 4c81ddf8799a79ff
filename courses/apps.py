from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self):
        from courses import routes
        from courses.handouts import tracking
        from courses.runs import signals
        from courses.short_addresses import links

        routes.register_routes()
        tracking.connect_signals()
        signals.connect_signals()
        links.connect_signals()
