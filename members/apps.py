from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members")

    def ready(self):
        # These import models, which are loaded only now.
        from django.contrib.auth.signals import user_logged_in

        from members import sessions
        from members.account import complete_account
        from members.second_step import rules
        from members.sign_in import middleware

        user_logged_in.connect(complete_account)
        middleware.connect()
        sessions.connect()
        rules.connect()
