"""Where files are kept: a folder, or a bucket of S3-like storage named by one address.

    s3://KEY:SECRET@HOST:PORT/BUCKET/PREFIX?region=REGION&tls=no

KEY and SECRET are percent-encoded. Without them, and without HOST, those of the environment are
taken as every program for S3 takes them (``AWS_ACCESS_KEY_ID`` …, Amazon's own servers).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SCHEME = "s3://"
YES, NO = {"yes", "on", "true", "1"}, {"no", "off", "false", "0"}
STYLES = ("path", "virtual")
OPTIONS = ("region", "tls", "style")
DEFAULT_REGION = "us-east-1"


class WrongAddress(ValueError):
    """The text says what is wrong with an address, and tells none of its secrets."""


@dataclass(frozen=True)
class S3Address:
    """A bucket, and the beginning of the names in it."""

    bucket: str
    prefix: str = ""  # without slashes at its ends
    host: str = ""  # with its port; empty: Amazon's
    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    region: str = DEFAULT_REGION
    tls: bool = True
    style: str = "path"

    @property
    def endpoint(self) -> str | None:
        return f"{'https' if self.tls else 'http'}://{self.host}" if self.host else None

    def named(self, name: str) -> str:
        """The key of the object ``name`` below the prefix."""
        return f"{self.prefix}/{name}" if self.prefix else name

    def parent(self) -> tuple[S3Address, str]:
        """The address of what this one lies in, and its own name there."""
        prefix, _slash, name = self.prefix.rpartition("/")
        return replace(self, prefix=prefix), name

    def below(self, name: str) -> S3Address:
        return replace(self, prefix=self.named(name))

    def beside(self, tail: str) -> S3Address:
        """The address of a neighbour, whose prefix has ``tail`` behind it."""
        return replace(self, prefix=self.prefix + tail)

    def __str__(self) -> str:
        return SCHEME + "/".join(filter(None, [self.host, self.bucket, self.prefix]))


def is_s3(text: object) -> bool:
    return str(text).startswith(SCHEME)


def s3_address(text: str) -> S3Address:
    """The address in ``text``. Raises WrongAddress."""
    if not is_s3(text):
        raise WrongAddress(f"It does not begin with {SCHEME}")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise WrongAddress(
            "Host and port cannot be read; is a / or : of the secret not percent-encoded?"
        ) from error
    if ":" in host:
        host = f"[{host}]"
    bucket, _slash, prefix = unquote(parts.path).strip("/").partition("/")
    if not bucket:
        raise WrongAddress(
            f"It names no bucket: {SCHEME}KEY:SECRET@HOST/BUCKET (a / in the secret is %2F)")
    if bool(parts.username) != bool(parts.password):
        raise WrongAddress("It needs both KEY and SECRET, or neither")
    return S3Address(
        bucket=bucket, prefix=prefix.strip("/"), host=f"{host}:{port}" if port else host,
        key=unquote(parts.username or ""), secret=unquote(parts.password or ""),
        **_options(parts.query),
    )


def _options(query: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in OPTIONS:
            # Not named: behind a “?” that is not percent-encoded there is a part of the secret.
            raise WrongAddress(f"It has an option that is not known; known: {', '.join(OPTIONS)}")
        if name == "tls":
            if value.lower() not in YES | NO:
                raise WrongAddress("tls is yes or no")
            found[name] = value.lower() in YES
        elif name == "style" and value not in STYLES:
            raise WrongAddress(f"style is {' or '.join(STYLES)}")
        else:
            found[name] = value
    return found
