"""Whose tags does the editor tell: those of documents and pictures that its user may choose.

Tags belong to no collection and ask no policy, so Wagtail's filters, choosers and suggestions name
the tags of every file there is. They are the words of whoever wrote them, and tell of a private
file what it is about.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from taggit.models import Tag, TaggedItem
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from hub.access.choosing import choosable_files, current_user

MOST_SUGGESTIONS = 10


def _items(user: Any, models: Iterable[Any]) -> QuerySet[TaggedItem]:
    """Each tag on each file of ``models`` that ``user`` may choose or change."""
    known = Q(pk__in=[])
    for model in models:
        known |= Q(content_type=ContentType.objects.get_for_model(model),
                   object_id__in=choosable_files(user, model).values("pk"))
    return TaggedItem.objects.filter(known)


def known_tags(user: Any) -> QuerySet[Tag]:
    """The tags that ``user`` may know of. One that no file bears may be left of a private one."""
    items = _items(user, [get_document_model(), get_image_model()])
    return Tag.objects.filter(pk__in=items.values("tag"))


def popular_tags(user: Any, model: Any, count: int = 10) -> QuerySet[Tag]:
    """The ``count`` tags that most files of ``model`` bear, as far as ``user`` may know them."""
    return (
        Tag.objects.filter(taggit_taggeditem_items__in=_items(user, [model]))
        .annotate(item_count=Count("taggit_taggeditem_items"))
        .order_by("-item_count", "name")[:count]
    )


def suggest(
    request: HttpRequest, app_name: str | None = None, model_name: str | None = None
) -> JsonResponse:
    """Names of tags that begin with ``term``, in the place of Wagtail's view.

    Raises Http404 for another model than that of tags.
    """
    if (app_name, model_name) not in ((None, None), ("taggit", "tag")):
        raise Http404
    term = request.GET.get("term")
    tags = known_tags(request.user).filter(name__istartswith=term) if term else Tag.objects.none()
    names = tags.order_by("name").values_list("name", flat=True)
    return JsonResponse(list(names[:MOST_SUGGESTIONS]), safe=False)


def install() -> None:
    """Put these in the place of Wagtail's own; called once, when the apps are ready."""
    from wagtail.admin import models
    from wagtail.admin.views import tags

    of_everybody = models.popular_tags_for_model

    def popular_tags_for_model(model: Any, count: int = 10) -> QuerySet[Tag]:
        user = current_user()
        return of_everybody(model, count) if user is None else popular_tags(user, model, count)

    models.popular_tags_for_model = popular_tags_for_model
    # Modules that are imported from now on take ours; these have taken Wagtail's.
    for module in list(sys.modules.values()):
        if vars(module).get("popular_tags_for_model") is of_everybody:
            module.popular_tags_for_model = popular_tags_for_model  # type: ignore[attr-defined]
    tags.autocomplete = suggest
