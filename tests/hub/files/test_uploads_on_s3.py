"""Uploaded files on a real S3 server: served by the hub alone, under the rules of files on disk."""

import io
import threading
import urllib.request
import zipfile
from urllib.error import HTTPError

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from PIL import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, CollectionViewRestriction

from courses.models import Handout
from hub.models import HubDocument, HubImage
from hub.storage import s3
from hub.storage.address import s3_address
from search.extraction.tasks import extract_text
from search.models import DocumentText
from tests.factories import CurriculumPageFactory, document

pytestmark = pytest.mark.django_db
TEXT = "ปลากระบอก ".encode() * 30_000


@pytest.fixture(autouse=True)
def on_s3(uploads_on_s3):
    return s3_address(uploads_on_s3).below("media")


def names(address):
    return [found.name for found in s3.objects(address)]


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_document_is_served_whole_in_parts_and_not_at_all(hub, client, on_s3):
    stored = document("คู่มือ", "คู่มือปลา.txt", TEXT)
    assert names(on_s3) == [stored.file.name] and stored.filename == "คู่มือปลา.txt"
    whole = client.get(stored.url)
    assert whole.status_code == 200 and body(whole) == TEXT
    part = client.get(stored.url, headers={"Range": "bytes=700000-700099"})
    assert part.status_code == 206 and body(part) == TEXT[700_000:700_100]
    tail = client.get(stored.url, headers={"Range": "bytes=-10", "If-Range": whole["ETag"]})
    assert body(tail) == TEXT[-10:]
    head = client.head(stored.url)
    assert head["Content-Length"] == str(len(TEXT)) and not body(head)
    same = client.get(stored.url, headers={"If-None-Match": whole["ETag"]})
    assert same.status_code == 304
    default_storage.delete(stored.file.name)
    assert client.get(stored.url).status_code == 404
    assert client.get(stored.url, headers={"Range": "bytes=0-9"}).status_code == 404


def test_a_private_one_is_private_at_the_hub_and_in_the_bucket(hub, client, on_s3):
    collection = Collection.get_first_root_node().add_child(name="ปิด")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    stored = document("ลับ", "ลับ.txt", b"secret")
    HubDocument.objects.filter(pk=stored.pk).update(collection=collection)
    answer = client.get(stored.url)
    assert answer.status_code in (302, 403, 404) and "Amz" not in answer.get("Location", "")
    assert default_storage.url(stored.file.name).startswith("/media/")
    assert client.get(default_storage.url(stored.file.name)).status_code == 404
    with pytest.raises(HTTPError) as raised:
        urllib.request.urlopen(
            f"{on_s3.endpoint}/{on_s3.bucket}/{urllib.request.quote(on_s3.named(stored.file.name))}")
    assert raised.value.code in (403, 404)


def test_a_picture_is_made_smaller_and_served(hub, client, on_s3):
    picture = HubImage.objects.create(title="ทะเล", file=get_test_image_file("ทะเล.png"))
    small = picture.get_rendition("width-20|format-jpeg")
    answer = client.get(small.url)
    assert answer.status_code == 200
    assert Image.open(io.BytesIO(body(answer))).width == 20
    assert client.get(default_storage.url(picture.file.name)).status_code == 404
    assert len(names(on_s3)) == 2
    default_storage.delete(small.file.name)
    assert client.get(small.url).status_code == 404


def test_two_uploads_of_one_name_at_once_keep_both(on_s3):
    together, kept = threading.Barrier(2), []

    def upload(content):
        together.wait()
        name = default_storage.save("original_images/ปลา.jpg", ContentFile(content))
        kept.append((name, content))

    threads = [threading.Thread(target=upload, args=[content]) for content in (b"one", b"two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(on_s3)) == 2
    for name, content in kept:
        with default_storage.open(name) as file:
            assert file.read() == content and file.size == 3
            assert file.open().read() == content
    long = default_storage.get_available_name(f"original_images/{'a' * 90}.jpg", max_length=100)
    assert len(long) == 100 and long.endswith(".jpg")


def test_a_course_pack_is_streamed_from_it(hub, client):
    page = CurriculumPageFactory(title="หลักสูตรป่าชุมชน")
    Handout.objects.create(page=page, document=document("ใบงาน", "ใบงาน.txt", TEXT), sort_order=0)
    content = body(client.get(page.url + "pack/"))
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        assert pack.testzip() is None
        assert TEXT in [pack.read(name) for name in pack.namelist() if "/files/" in name]
    part = client.get(page.url + "pack/", headers={"Range": "bytes=1000-500000"})
    assert part.status_code == 206 and body(part) == content[1000:500_001]


def test_its_text_is_read_for_search(hub):
    stored = document("คู่มือ", "คู่มือ.txt", TEXT)
    assert extract_text.func(stored.pk) == DocumentText.Status.READ
    assert "ปลากระบอก" in str(DocumentText.objects.get(document=stored).parts)


def test_files_that_are_not_what_was_stored_are_told(hub, on_s3, capsys):
    whole, cut, gone = (document(name, f"{name}.txt", name.encode() * 100) for name in "กขค")
    call_command("verify")
    s3.put(on_s3, cut.file.name, io.BytesIO(b"x"))
    default_storage.delete(gone.file.name)
    with pytest.raises(CommandError, match="2 differ"):
        call_command("verify")
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in lines] == [str(cut.pk), str(gone.pk)] and whole.pk
    assert "300 were stored" in lines[0] and "missing" in lines[1]


def test_a_deleted_file_goes_and_a_path_elsewhere_is_refused(
    hub, on_s3, django_capture_on_commit_callbacks
):
    stored = document("คู่มือ", "คู่มือ.txt", TEXT)
    with django_capture_on_commit_callbacks(execute=True):
        stored.delete()
    assert names(on_s3) == []
    with pytest.raises(Exception, match="denied"):
        default_storage.open("../hub-backup")


def test_storage_that_is_away_is_a_503_page(hub, client, on_s3, monkeypatch):
    stored = document("คู่มือ", "คู่มือ.txt", TEXT)

    def away(*_arguments):
        raise s3.StorageError("cannot be reached")

    monkeypatch.setattr(s3, "open_object", away)
    client.raise_request_exception = False
    answer = client.get(stored.url)
    assert answer.status_code == 503 and "ที่เก็บไฟล์" in answer.content.decode()


def test_a_connection_that_breaks_is_taken_up_where_it_broke(on_s3, monkeypatch):
    name = default_storage.save("groups/a/b.bin", ContentFile(TEXT))
    taken, breaks = s3.S3Reader._taken, iter([False, True, False, True, False])

    def breaking(self, number):
        if next(breaks, False):
            raise s3.StorageError("broke off")
        return taken(self, number)

    monkeypatch.setattr(s3.S3Reader, "_taken", breaking)
    with default_storage.open(name) as file:
        assert file.read() == TEXT
        file.seek(-10, 2)
        assert file.read() == TEXT[-10:]
