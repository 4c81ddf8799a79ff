from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModelsLibConfig(AppConfig):
    name = "models_lib"
    verbose_name = _("Models")

    def ready(self):
        from wagtail.signals import task_approved, task_cancelled, task_rejected

        from models_lib.peer_review import workflow
        from models_lib.replications import moderation

        moderation.connect()
        task_approved.connect(workflow.passed, weak=False)
        task_rejected.connect(workflow.changes_asked_for, weak=False)
        task_cancelled.connect(workflow.cancelled, weak=False)
