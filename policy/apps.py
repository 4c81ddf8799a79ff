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
        from policy.deliberation import account_section
        from policy.ledger import account_section as ledger_member
        from policy.ledger import signals
        from policy.ledger.broken_links import register_checks
        from policy.models import DraftResolutionPage
        from policy.reports import permissions, reminders

        register_checks()
        signals.connect()
        every(AN_HOUR, reminders.send_due, by_day=True)
        reference_loaded.connect(permissions.add_groups)
        page_published.connect(_draft_published, sender=DraftResolutionPage)
        account_pages.register(ledger_member.section, order=50)
        account_pages.register(account_section.section)
        personal_data.register(
            "follow_up", ledger_member.ledger_export_of, ledger_member.ledger_erase_of
        )
        personal_data.register(
            "deliberation", account_section.export_of, account_section.erase_of
        )


def _draft_published(sender, instance, **kwargs):
    """What was written becomes paragraphs that people can name."""
    from policy.models.paragraph import table

    table(instance)
