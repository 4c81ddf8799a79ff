"""Addresses of S3-like storage, as settings have them."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from hub.storage import uploads
from hub.storage.address import S3Address, WrongAddress, s3_address

SECRET = "very/secret+key"


@pytest.mark.parametrize(("text", "address", "endpoint"), [
    ("s3://k:very%2Fsecret%2Bkey@minio:9000/hub/a/b?region=garage&tls=no",
     S3Address("hub", "a/b", "minio:9000", "k", SECRET, "garage", tls=False), "http://minio:9000"),
    ("s3://k:very%2Fsecret%2Bkey@s3.example.org/hub/?style=virtual",
     S3Address("hub", "", "s3.example.org", "k", SECRET, style="virtual"),
     "https://s3.example.org"),
    ("s3:///hub/x", S3Address("hub", "x"), None),
    ("s3://k:very%2Fsecret%2Bkey@[::1]:3900/hub", S3Address("hub", "", "[::1]:3900", "k", SECRET),
     "https://[::1]:3900"),
])
def test_every_part_is_read(text, address, endpoint):
    found = s3_address(text)
    assert found == address and found.endpoint == endpoint
    assert SECRET not in f"{found} {found!r}"


@pytest.mark.parametrize(("text", "said"), [
    ("s3://k:s@host", "no bucket"),
    ("s3://k@host/bucket", "both KEY and SECRET"),
    ("s3://k:very/secret+key@host/bucket", "percent-encoded"),
    ("s3://k:s@host/bucket?regoin=x", "not known"),
    ("s3://k:?very/secret+key@host/bucket", "no bucket|not known|Host and port"),
    ("s3://k:1?very/secret+key@host/bucket", "no bucket|not known|Host and port"),
    ("s3://k:1/x?very/secret+key@host/bucket", "not known|both KEY"),
    ("s3://k:s@host/bucket?tls=perhaps", "yes or no"),
    ("s3://k:s@host/bucket?style=odd", "path or virtual"),
    ("s3://k:s@host:x/bucket", "Host and port"),
])
def test_what_is_wrong_is_said_without_the_secret(text, said):
    with pytest.raises(WrongAddress, match=said) as raised:
        s3_address(text)
    assert "very" not in str(raised.value)
    for wrong in (lambda: uploads.storage(text, "media"), lambda: uploads.checked("X", text)):
        with pytest.raises(ImproperlyConfigured, match=said):
            wrong()


def test_a_folder_is_no_storage_url():
    with pytest.raises(ImproperlyConfigured, match="s3://"):
        uploads.storage("/mnt/disk", "media")
    assert uploads.checked("BACKUP_DIR", "/mnt/disk") == "/mnt/disk"


def test_a_hub_whose_files_lie_in_folders_loads_nothing_for_s3(tmp_path):
    """Its libraries would take some twenty megabytes in every process."""
    program = (
        "import sys, django; django.setup(); import hub.urls, hub.backup.backups; "
        "from hub.backup import backups; backups.newest_time(); "
        "print([name for name in ('boto3', 'botocore', 'storages', 'pyrage') "
        "if name in sys.modules])"
    )
    environment = os.environ | {
        "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "hub.settings", "STORAGE_URL": "",
        "BACKUP_DIR": str(tmp_path), "BACKUP_KEY": "",
    }
    found = subprocess.run([sys.executable, "-c", program], env=environment, check=True,
                           capture_output=True, text=True)
    assert found.stdout.strip() == "[]"
