from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    name = "policy"
    verbose_name = _("Policy")

    def ready(self):
        from wagtail.signals import page_published

        from hub import member_pages, personal_data
        from hub.clock import AN_HOUR, every
        from hub.reference import reference_loaded
        from policy import ledger_member, member_section, reminders, rights, signals
        from policy.broken_links import register_checks
        from policy.models import DraftResolutionPage

        register_checks()
        signals.connect()
        every(AN_HOUR, reminders.send_due, by_day=True)
        reference_loaded.connect(rights.add_groups)
        page_published.connect(_draft_published, sender=DraftResolutionPage)
        member_pages.register(ledger_member.section, order=50)
        member_pages.register(member_section.section)
        personal_data.register(
            "follow_up", ledger_member.ledger_export_of, ledger_member.ledger_erase_of
        )
        personal_data.register(
            "deliberation", member_section.export_of, member_section.erase_of
        )


def _draft_published(sender, instance, **kwargs):
    """What was written becomes paragraphs that people can name."""
    from policy.models.paragraph import table

    table(instance)
