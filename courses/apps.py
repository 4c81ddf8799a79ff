from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self):
        from courses import counting, files, member_section
        from courses.living import following
        from courses.packs import ahead
        from courses.runs import rights, schedule, signals
        from hub import closed_files, member_pages, personal_data
        from hub import counting as hub_counting
        from hub.clock import A_MINUTE, AN_HOUR, TEN_MINUTES, every
        from hub.reference import reference_loaded

        closed_files.register(files.closed_documents)
        files.connect()
        hub_counting.register(counting.count)
        signals.connect()
        every(TEN_MINUTES, schedule.remind, by_day=True)
        every(TEN_MINUTES, schedule.forget)
        every(AN_HOUR, following.write_due)
        every(A_MINUTE, ahead.look_after, beside=True)
        reference_loaded.connect(rights.add_rights)
        member_pages.register(member_section.my_courses, order=20)
        member_pages.register(member_section.my_groups, order=30)
        member_pages.register(member_section.my_copies, order=40)
        member_pages.register(member_section.my_letters, order=50)
        personal_data.register(
            "course_runs", member_section.export_of, member_section.erase_of
        )
