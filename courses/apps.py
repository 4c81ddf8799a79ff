from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self):
        from courses import routes
        from courses.downloads import counters
        from courses.handouts import tracking
        from courses.models.handout import closed_documents
        from courses.packs import prebuild
        from courses.people import account_sections
        from courses.people import personal_data as own_personal_data
        from courses.runs import permissions, schedule, signals
        from courses.updates import followers
        from hub.files import access
        from hub.jobs.scheduler import A_MINUTE, AN_HOUR, TEN_MINUTES, every
        from hub.people import account_pages, personal_data
        from hub.reference.loading import reference_loaded
        from hub.statistics import counters as hub_counting

        routes.register_routes()
        access.register(closed_documents)
        tracking.connect_signals()
        hub_counting.register(counters.count)
        signals.connect_signals()
        every(TEN_MINUTES, schedule.send_reminders, by_day=True)
        every(TEN_MINUTES, schedule.erase_old_details)
        every(AN_HOUR, followers.send_due)
        every(A_MINUTE, prebuild.ensure_current, in_thread=True)
        reference_loaded.connect(permissions.add_permissions)
        account_pages.register(account_sections.my_courses, order=20)
        account_pages.register(account_sections.my_groups, order=30)
        account_pages.register(account_sections.my_copies, order=40)
        account_pages.register(account_sections.my_subscriptions, order=50)
        personal_data.register(
            "course_runs", own_personal_data.export, own_personal_data.erase
        )
