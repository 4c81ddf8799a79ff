from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members")

    def ready(self):
        # These import models, which are loaded only now.
        from members import sessions
        from members.second_step import rules
        from members.sign_in import middleware

        middleware.connect()
        sessions.connect()
        rules.connect()
