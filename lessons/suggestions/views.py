"""Suggested lessons as an HTML fragment of the editor's form."""

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from hub.models import KnowledgePage
from hub.thai.text import typed
from lessons.suggestions.suggest import MAX_TEXT_LENGTH, suggestions_for


@never_cache
@require_POST
def lesson_suggestions(request):
    """POST ``text`` with ``page`` (the id of a saved page) or ``model`` (app.model)."""
    text = typed(request.POST.get("text", "")[:MAX_TEXT_LENGTH])
    page_id = request.POST.get("page", "")
    if page_id:
        if not page_id.isdecimal():
            raise Http404
        page = get_object_or_404(KnowledgePage, pk=int(page_id[:18])).specific
        if not page.permissions_for_user(request.user).can_edit():
            raise PermissionDenied
        language = page.locale.language_code
    else:
        page, language = _model(request.POST.get("model", "")), None
    with override(language or request.LANGUAGE_CODE):
        suggestions = suggestions_for(page, text, request)
    return render(request, "lessons/suggestions/list.html", {"suggestions": suggestions})


def _model(label):
    """The page type named ``label``; Http404 for anything else."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise Http404 from error
    if not issubclass(model, KnowledgePage):
        raise Http404
    return model
