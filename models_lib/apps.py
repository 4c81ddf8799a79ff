from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModelsLibConfig(AppConfig):
    name = "models_lib"
    verbose_name = _("Models")

    def ready(self):
        from wagtail.signals import task_approved, task_cancelled, task_rejected

        from hub.people import account_pages, personal_data
        from hub.reference.loading import reference_loaded
        from models_lib.peer_review import workflow
        from models_lib.reference import add_reference
        from models_lib.replications import account_section, moderation
        from models_lib.replications.broken_links import register_checks

        register_checks()
        moderation.connect()
        account_pages.register(account_section.section)
        personal_data.register(
            "replications", account_section.export_of, account_section.erase_of
        )
        reference_loaded.connect(add_reference)
        task_approved.connect(workflow.passed, weak=False)
        task_rejected.connect(workflow.changes_asked_for, weak=False)
        task_cancelled.connect(workflow.cancelled, weak=False)
