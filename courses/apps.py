from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self):
        from courses import account_section, files
        from courses.downloads import counters
        from courses.packs import prebuild
        from courses.runs import permissions, schedule, signals
        from courses.updates import followers
        from hub.files import access
        from hub.jobs.scheduler import A_MINUTE, AN_HOUR, TEN_MINUTES, every
        from hub.people import account_pages, personal_data
        from hub.reference.loading import reference_loaded
        from hub.statistics import counters as hub_counting

        access.register(files.closed_documents)
        files.connect()
        hub_counting.register(counters.count)
        signals.connect()
        every(TEN_MINUTES, schedule.remind, by_day=True)
        every(TEN_MINUTES, schedule.forget)
        every(AN_HOUR, followers.write_due)
        every(A_MINUTE, prebuild.ensure_current, in_thread=True)
        reference_loaded.connect(permissions.add_rights)
        account_pages.register(account_section.my_courses, order=20)
        account_pages.register(account_section.my_groups, order=30)
        account_pages.register(account_section.my_copies, order=40)
        account_pages.register(account_section.my_letters, order=50)
        personal_data.register(
            "course_runs", account_section.export_of, account_section.erase_of
        )
