from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModelsLibConfig(AppConfig):
    name = "models_lib"
    verbose_name = _("Models")

    def ready(self):
        from wagtail.signals import task_approved, task_cancelled, task_rejected

        from models_lib.peer_review import rounds, signals
        from models_lib.replications import moderation, routes

        routes.register_routes()
        moderation.connect()
        signals.connect()
        task_approved.connect(rounds.task_approved_receiver, weak=False)
        task_rejected.connect(rounds.task_rejected_receiver, weak=False)
        task_cancelled.connect(rounds.task_cancelled_receiver, weak=False)
