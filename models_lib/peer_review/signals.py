"""Keeps the change log current when a review changes: pages of Models show what came of it."""

from django.db.models.signals import post_delete, post_save

from hub.changelog.recording import record
from models_lib.models.peer_review import PeerReview, Review, Reviewer


def connect() -> None:
    for signal in (post_save, post_delete):
        for model in (PeerReview, Reviewer, Review):
            signal.connect(_review_changed, sender=model)


def _review_changed(sender, **kwargs):
    record("site")
