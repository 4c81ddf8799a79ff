from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    name = "policy"
    verbose_name = _("Policy")

    def ready(self):
        from hub.changes import time_passed
        from hub.reference import reference_loaded
        from policy import reminders, rights, signals
        from policy.broken_links import register_checks

        register_checks()
        signals.connect()
        time_passed.connect(reminders.look)
        reference_loaded.connect(rights.add_groups)
