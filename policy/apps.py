from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    name = "policy"
    verbose_name = _("Policy")

    def ready(self):
        from wagtail.signals import page_published

        from policy.ledger import signals
        from policy.models import DraftResolutionPage

        signals.connect()
        page_published.connect(_draft_published, sender=DraftResolutionPage)


def _draft_published(sender, instance, **kwargs):
    """What was written becomes paragraphs that people can name."""
    from policy.models.paragraph import table

    table(instance)
