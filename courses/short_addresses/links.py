"""Short addresses as URLs and QR codes."""

import segno
from django.urls import reverse

from courses.models.short_address import ShortAddress
from hub.email.sending import absolute


def short_url(page, version=None) -> str:
    """The absolute short address of ``page``, or of what changed in it since ``version``."""
    code = ShortAddress.objects.for_page(page).code
    args = [code] if version is None else [code, version]
    return absolute(reverse("short_address", args=args))


def current_short_url(page) -> str:
    """The short address with the current version of ``page``, as packs contain it."""
    version = page.current_version
    return short_url(page, version.number if version else None)


def _code_of(url):
    return segno.make(url, error="m", micro=False)


def qr_svg(url) -> str:
    """An SVG element with the QR code of ``url``, four units a module, black on white."""
    return _code_of(url).svg_inline(
        scale=4, border=3, light="#fff", title=url, svgclass="qr", lineclass=None
    )


def qr_data(url) -> str:
    """The QR code of ``url`` as a PNG in a ``data:`` address: pages, books and paper carry it."""
    return _code_of(url).png_data_uri(scale=6, border=3)
