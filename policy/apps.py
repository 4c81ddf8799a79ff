from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    name = "policy"
    verbose_name = _("Policy")

    def ready(self):
        from wagtail.signals import page_published

        from hub.jobs.scheduler import AN_HOUR, every
        from hub.people import account_pages, personal_data
        from hub.reference.loading import reference_loaded
        from policy import permissions
        from policy.deliberation import account_section
        from policy.deliberation import routes as deliberation_routes
        from policy.ledger import signals
        from policy.ledger.broken_links import register_checks
        from policy.models import DraftResolutionPage
        from policy.process import routes as process_routes
        from policy.register import routes as register_routes
        from policy.reports import account_section as reports_section
        from policy.reports import reminders

        for routes in (deliberation_routes, process_routes, register_routes):
            routes.register_routes()
        register_checks()
        signals.connect()
        every(AN_HOUR, reminders.send_due, by_day=True)
        reference_loaded.connect(permissions.add_groups)
        page_published.connect(_draft_published, sender=DraftResolutionPage)
        account_pages.register(reports_section.section, order=50)
        account_pages.register(account_section.section)
        personal_data.register(
            "follow_up", reports_section.export_of, reports_section.erase_of
        )
        personal_data.register(
            "deliberation", account_section.export_of, account_section.erase_of
        )


def _draft_published(sender, instance, **kwargs):
    """Create the paragraphs of a draft from its text."""
    from policy.deliberation.paragraphs import sync_paragraphs

    sync_paragraphs(instance)
