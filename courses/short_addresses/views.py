"""Views of short addresses: the redirect, and the QR code to print."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from courses import qr_codes
from courses.models.short_address import ShortAddress
from courses.short_addresses.links import short_url
from hub.access.readers import Reader


def _page_or_404(code, request):
    """The curriculum of ``code`` if the user of ``request`` may read it; raises Http404 otherwise,
    because a redirect would reveal the title in the address."""
    page = get_object_or_404(ShortAddress.objects.select_related("page"), code=code.lower()).page
    if not Reader.of(request).may_read(page):
        raise Http404
    return page


@never_cache
@require_safe
def follow(request, code, version=None):
    """Redirect to the curriculum or, from an earlier version, to what changed since; 404 with an
    explanation for a version that does not exist."""
    page = _page_or_404(code, request)
    now, address = page.current_version, page.get_url()
    if version is None or (now and version == now.number):
        return redirect(address)
    if not now or not 0 < version < now.number:
        context = {"page": page, "version": version, "latest": now}
        return render(request, "courses/short_addresses/no_such_version.html", context, status=404)
    return redirect(f"{address}since/{version}/")


@never_cache
@require_safe
def qr(request, code):
    """The QR code of the short address, to print."""
    page = _page_or_404(code, request)
    response = HttpResponse(qr_codes.svg_of(short_url(page)), content_type="image/svg+xml")
    response["Content-Disposition"] = f'inline; filename="{page.short_address.code}.svg"'
    return response
