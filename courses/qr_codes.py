"""QR codes of addresses: as modules to draw, as SVG and as PNG."""

import base64
import io

import qrcode
from django.utils.html import format_html

QUIET_ZONE = 3  # modules left light around the code


def modules_of(address: str) -> list[list[bool]]:
    """The rows of the QR code of ``address`` from the top, True for dark, without quiet zone.

    Error correction level M: readable when 15 % of it is damaged.
    """
    return _code_of(address, border=0).get_matrix()


def svg_of(address: str) -> str:
    """An SVG element, four units a module, black on white, with ``address`` as its title."""
    rows = modules_of(address)
    side = len(rows) + 2 * QUIET_ZONE
    path = "".join(
        f"M{x + QUIET_ZONE},{y + QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="qr" width="{size}" height="{size}"'
        ' viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><title>{address}</title>'
        '<path fill="#fff" d="M0,0h{side}v{side}h-{side}z"/><path d="{path}"/></svg>',
        size=4 * side, side=side, address=address, path=path,
    )


def png_data_of(address: str) -> str:
    """A PNG in a ``data:`` address, six pixels a module, for pages, books and paper."""
    file = io.BytesIO()
    _code_of(address, border=QUIET_ZONE, box_size=6).make_image().save(file, format="PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def _code_of(address, **options):
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, **options)
    code.add_data(address)
    code.make()
    return code
