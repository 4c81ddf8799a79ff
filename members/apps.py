from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members")

    def ready(self):
        from hub.jobs.scheduler import AN_HOUR, every
        from hub.people import personal_data
        from members import account, schedule

        personal_data.register("account", account.export)
        personal_data.register("pages", account.pages_of)
        every(AN_HOUR, schedule.forget)
