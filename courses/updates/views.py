"""Views of what changed since a copy of a course, and of a pack with only the changed files."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.downloads import counters
from courses.models import CourseCopy
from courses.packs.copies import record_copy
from courses.packs.stream import Zip, pack_response
from courses.packs.views import changes_name, files_of, or_unavailable, pack_name
from courses.permissions import may_facilitate
from courses.updates import changed_pack
from courses.updates.changes_since import changes_since, edition_of
from courses.updates.forms import CopyForm
from hub.versions.views import answer, version_or_404

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(FORM_METHODS)
@csrf_protect
def which_copy(request, page):
    """Asks which copy of the course the reader has."""
    if page.current_version is None:
        raise Http404
    is_sent = request.method == "POST"
    form = CopyForm(page, may_facilitate(request.user), *(
        (request.POST, request.FILES) if is_sent else ()))
    if is_sent and form.is_valid():
        return redirect(page.get_url(request) + form.changes_path())
    response = answer(page, request, "courses/updates/which_copy.html", form=form)
    response.status_code = 422 if is_sent else 200
    return response


@require_safe
@or_unavailable
def since(request, page, number):
    """What changed since version ``number``, session by session."""
    version, facilitates = version_or_404(page, number), may_facilitate(request.user)
    edition = edition_of(page, number, request.GET.get("copy", ""), facilitates)
    files = files_of(page, request)
    changed = changed_pack.changed_files(page, files, edition, number, facilitates)
    folder = pack_name(page).removesuffix(".zip")
    return answer(
        page, request, "courses/updates/changes.html", version=version,
        latest=page.current_version, edition=edition, changed_files=changed,
        changes=changes_since(page, version, edition, files, facilitates),
        size=Zip(changed, folder).size if changed else 0, whole=Zip(files, folder).size,
    )


@require_safe
@or_unavailable
def changed_files(request, page, number):
    """Only the files that changed since a copy of version ``number``, as a zip.

    404 when nothing changed, or when the files of the copy are unknown.
    """
    version_or_404(page, number)
    facilitates = may_facilitate(request.user)
    edition = edition_of(page, number, request.GET.get("copy", ""), facilitates)
    files = files_of(page, request)
    changed = changed_pack.changed_files(page, files, edition, number, facilitates)
    if not changed:
        raise Http404
    counters.record(request, page_id=page.pk, kind="changes")
    response = pack_response(request, changed, changes_name(page, number), pack_name(page))
    record_copy(request, page, files, response)
    return response


@login_required
@require_POST
def forget_copy(request, pk):
    """Remove a copy from the account page of a member."""
    get_object_or_404(CourseCopy, pk=pk, user=request.user).delete()
    messages.success(request, _("Taken off your page."))
    return redirect("member_page")
