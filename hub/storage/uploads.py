"""Where uploaded files are kept: a folder, or what STORAGE_URL names."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from hub.storage.address import WrongAddress, is_s3, s3_address

# Below the address of STORAGE_URL:
MEDIA = "media"  # uploaded files and the pictures made of them
BACKUP_MARKS = "backups-running"  # an object for each backup that is being made
HELD = "held"  # what was deleted meanwhile, for those backups

BASE_URL = "/media/"


def storage(url: str, folder: Path) -> dict[str, Any]:
    """Django's setting for the storage at ``url``, in ``folder`` without one.

    Raises ImproperlyConfigured.
    """
    if not url:
        return {"BACKEND": "hub.files.names.ThaiNameStorage",
                "OPTIONS": {"location": str(folder), "base_url": BASE_URL}}
    if not is_s3(url):
        raise ImproperlyConfigured("STORAGE_URL is an address that begins with s3://.")
    checked("STORAGE_URL", url)
    return {"BACKEND": "hub.files.s3_storage.ThaiNameS3Storage",
            "OPTIONS": {"address": url, "base_url": BASE_URL}}


def checked(setting: str, text: str) -> str:
    """``text``, a folder or an address. Raises ImproperlyConfigured where it is a wrong one."""
    if is_s3(text):
        try:
            s3_address(text)
        except WrongAddress as error:
            raise ImproperlyConfigured(f"{setting} cannot be read. {error}.") from error
    return text
