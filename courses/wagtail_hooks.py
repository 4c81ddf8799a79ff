"""Facilitators' files are for facilitators, also by a guessed address."""

from django.core.exceptions import PermissionDenied
from wagtail import hooks

from courses.models import Handout, may_facilitate
from courses.runs import admin  # noqa: F401 - registers what editors plan


@hooks.register("before_serve_document")
def facilitators_files(document, request):
    """Refuse a document that is handed out to facilitators only, or by no course one may read."""
    handouts = list(Handout.objects.filter(document=document).select_related("page"))
    if not handouts or may_facilitate(request.user):
        return
    for handout in handouts:
        page = handout.page
        if (
            not handout.facilitator_only
            and page.live
            and all(r.accept_request(request) for r in page.get_view_restrictions())
        ):
            return
    raise PermissionDenied
