"""Checks of the chain for Models."""

from django.db.models.functions import Left, Length
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from hub.chain.broken_links import Check, linked
from hub.chain.relations import Relation, Stage
from models_lib.models import ModelPage, ReplicationPage


def without_source(pages):
    return pages.of_stages([Stage.MODEL]).exclude(
        linked([Relation.RESTS_ON, Relation.EXTRACTED_FROM])
    )


def without_replication(pages):
    """Models without a link to a replication and without a replication below them."""
    replications = ReplicationPage.objects.open_to_all().annotate(
        above=Left("path", Length("path") - Page.steplen)
    )
    keys = ModelPage.objects.filter(path__in=replications.values("above")).values("translation_key")
    return pages.of_stages([Stage.MODEL]).exclude(
        linked([Relation.REPLICATED_BY])
    ).exclude(translation_key__in=keys)


CHECKS = [
    Check(
        "models-without-source", _("Models without a source"),
        _("Nothing says which practice, lesson or study tour these Models were drawn from. "
          "Add a link in the chain of the Model."),
        without_source,
    ),
    Check(
        "models-without-replication", _("Models nobody has tried yet"),
        _("No community has reported how it used these Models. Report yours: failure counts."),
        without_replication,
    ),
]
