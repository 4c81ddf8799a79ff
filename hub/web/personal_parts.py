"""Marks in a page that members share, in place of what is each reader's own."""

import re
import secrets

from django.http import HttpRequest
from django.template.loader import render_to_string

SECRET = secrets.token_hex(16)  # of this process: nobody can write a mark into a page


def personal_mark(template_name, pk) -> str:
    """What stands for what the template shows each reader, of what has the id ``pk``."""
    return f"<!--{SECRET} {template_name} {pk}-->"


MARK = re.compile(personal_mark("([a-z_/.]+)", "([0-9]*)").encode())


def with_personal_parts(content: bytes, request: HttpRequest) -> bytes:
    """``content`` as the reader of ``request`` sees it."""
    return MARK.sub(
        lambda mark: render_to_string(
            mark[1].decode(), {"pk": mark[2].decode()}, request=request).encode(),
        content,
    )
