from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModelsLibConfig(AppConfig):
    name = "models_lib"
    verbose_name = _("Models")

    def ready(self):
        from wagtail.signals import task_approved, task_cancelled, task_rejected

        from hub import member_pages, personal_data
        from hub.reference import reference_loaded
        from models_lib import member_section, moderation, peer_reviews
        from models_lib.broken_links import register_checks
        from models_lib.reference import add_reference

        register_checks()
        moderation.connect()
        member_pages.register(member_section.section)
        personal_data.register(
            "replications", member_section.export_of, member_section.erase_of
        )
        reference_loaded.connect(add_reference)
        task_approved.connect(peer_reviews.passed, weak=False)
        task_rejected.connect(peer_reviews.changes_asked_for, weak=False)
        task_cancelled.connect(peer_reviews.cancelled, weak=False)
