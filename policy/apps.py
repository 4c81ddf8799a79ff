from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    name = "policy"
    verbose_name = _("Policy")

    def ready(self):
        from wagtail.signals import page_published

        from policy.models import ClauseReport, DraftResolutionPage, Party

        page_published.connect(_draft_published, sender=DraftResolutionPage)

        for model in (ClauseReport, Party):
            post_save.connect(_follow_up_changed, sender=model)
            post_delete.connect(_follow_up_changed, sender=model)


def _follow_up_changed(sender, **kwargs):
    """Pages of resolutions show reports and parties: cached copies must go."""
    from hub.changes import record

    record("site")


def _draft_published(sender, instance, **kwargs):
    """What was written becomes paragraphs that people can name."""
    from policy.models.paragraph import table

    table(instance)
