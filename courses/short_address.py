"""Short addresses: from a pack or a sheet of paper back to the hub.

``/c/<code>/`` leads to the curriculum as it is now; ``/c/<code>/2/``, which stands in every pack of
version 2, to what changed since that copy.
"""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from courses import qr_codes
from courses.models.short_address import ShortAddress
from hub.email.sending import absolute


def short_url(page, version=None) -> str:
    """The whole short address of ``page``; with the number of a version, of what came since."""
    code = ShortAddress.objects.of(page).code
    names = [code] if version is None else [code, version]
    return absolute(reverse("short_address", args=names))


def short_url_of_now(page) -> str:
    """The short address that tells the version that ``page`` has now; what packs carry."""
    version = page.current_version
    return short_url(page, version.number if version else None)


def _page_of(code, request):
    """The curriculum behind ``code``, when the user of ``request`` may read it; 404 otherwise,
    since a redirect would tell the title of what is closed."""
    page = get_object_or_404(ShortAddress.objects.select_related("page"), code=code.lower()).page
    if not page.live or not page.lets_in(request):
        raise Http404
    return page


@never_cache
@require_safe
def follow(request, code, version=None):
    """To the curriculum; from an earlier version, to what changed since; a version that never was
    is told so."""
    page = _page_of(code, request)
    now, address = page.current_version, page.get_url()
    if version is None or (now and version == now.number):
        return redirect(address)
    if not now or not 0 < version < now.number:
        context = {"page": page, "version": version, "latest": now}
        return render(request, "courses/no_such_version.html", context, status=404)
    return redirect(f"{address}since/{version}/")


@never_cache
@require_safe
def qr(request, code):
    """The QR code of the short address, to print."""
    page = _page_of(code, request)
    response = HttpResponse(qr_codes.svg_of(short_url(page)), content_type="image/svg+xml")
    response["Content-Disposition"] = f'inline; filename="{page.short_address.code}.svg"'
    return response
