"""Creates the paragraphs of a draft when it is published."""

from wagtail.signals import page_published

from policy.deliberation.paragraphs import sync_paragraphs
from policy.models import DraftResolutionPage


def connect() -> None:
    page_published.connect(_draft_published, sender=DraftResolutionPage)


def _draft_published(sender, instance, **kwargs):
    sync_paragraphs(instance)
