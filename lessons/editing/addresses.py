"""Ids in the editor's addresses: an id of what is hidden from the user is an id of nothing.

Not every view of Wagtail's asks whether the user may see what its address names. So such an id
never reaches a view: it gets one that no row has, and answers as it answers to those.
"""

from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect
from wagtail.coreutils import resolve_model_string
from wagtail.models import Collection, Page

from hub.models import HubDocument, HubImage
from lessons.editing import viewer

NO_ROW = 2**31 - 1  # fits every column of ids; some views take 0 for no id at all
# What a parameter names, whatever view it is of; ``pk`` is of the model of the view.
MODEL_OF_PARAMETER = {
    **dict.fromkeys(
        ["page_id", "parent_page_id", "page_to_move_id", "destination_id", "page_pk"], Page
    ),
    "document_id": HubDocument, "doc_id": HubDocument, "image_id": HubImage,
    "collection_id": Collection, "redirect_id": Redirect,
}
# The same of views that name no model, or another than that of their ``pk``.
MODEL_OF_VIEW = {
    "wagtailadmin_choose_page_chosen_multiple": Page,
    "wagtailadmin_pages:revisions_compare": Page,
    "wagtailadmin_workflows:usage": None,
    "wagtailadmin_workflows:usage_results": None,
}


class HiddenObjectsMiddleware:
    """Answers in the editor about a closed lesson or private file as about a missing one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.path.startswith(reverse("wagtailadmin_home")):
            return
        user = viewer.enter(request.user)
        if not request.user.is_authenticated:
            return
        view_name = request.resolver_match.view_name
        own_model = MODEL_OF_VIEW[view_name] if view_name in MODEL_OF_VIEW else _model_of(view)
        for name, value in kwargs.items():
            model = own_model if name in ("pk", "object_id") else MODEL_OF_PARAMETER.get(name)
            if model and _ids([value]) and user.hidden_ids(model, _ids([value])):
                kwargs[name] = type(value)(NO_ROW)
        if own_model and "id" in request.GET:
            hidden = user.hidden_ids(own_model, _ids(request.GET.getlist("id")))
            request.GET = request.GET.copy()
            request.GET.setlist("id", [
                pk for pk in request.GET.getlist("id") if not hidden.intersection(_ids([pk]))
            ])


def _ids(values) -> list[int]:
    """The values that are ids; the longest that a database takes has 19 digits."""
    return [int(value) for value in values if str(value).isdecimal() and len(str(value)) < 19]


def _model_of(view):
    """The model that a view is for; None where it names none."""
    settings = getattr(view, "view_initkwargs", None) or getattr(view, "initkwargs", {})
    view_class = getattr(view, "view_class", None) or getattr(view, "cls", None)
    model = settings.get("model") or getattr(view_class, "model", None)
    return resolve_model_string(model) if isinstance(model, type | str) else None
