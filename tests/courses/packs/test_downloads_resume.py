"""HTTP ranges and conditional requests for packs, books and single files."""

import hashlib
import io
import json
import random
import struct
import zipfile
from itertools import pairwise

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from courses.models import Checksum, CurriculumPage, Handout
from courses.packs import stream
from courses.packs.contents import PackFile
from tests.factories import CurriculumPageFactory, document

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(scope="module")
def made(world):
    page = CurriculumPageFactory(title="หลักสูตรปูม้า", licence="cc-by-4.0")
    for number in range(3):
        Handout.objects.create(
            page=page, sort_order=number,
            document=document(
                f"ใบงาน {number}", f"ใบงาน {number}.txt", b"x" * 9000 + b"%d" % number
            ),
        )
    secret = document("เฉลย", "เฉลย.txt", "ความลับ".encode())
    Handout.objects.create(page=page, document=secret, facilitator_only=True, sort_order=9)
    for rest in ("pack/", "epub/", "pdf/"):  # builds them once
        assert read(Client().get(page.url + rest))
    return page


@pytest.fixture
def course(made):
    return CurriculumPage.objects.get(pk=made.pk)


def read(answer):
    return b"".join(answer.streaming_content)


@pytest.fixture(params=["pack/", "epub/", "pdf/", "document"])
def address(request, course):
    if request.param == "document":
        return course.public_handouts[0].document.url
    return course.url + request.param


def test_a_download_interrupted_at_random_places_is_complete(address, visitor):
    first = visitor.get(address)
    whole = read(first)
    assert int(first["Content-Length"]) == len(whole)
    etag, dice = first["ETag"], random.Random(7)
    assert etag.startswith('"'), "a weak ETag cannot be resumed"
    cuts = [0, *sorted(dice.sample(range(1, len(whole)), 10)), len(whole)]
    parts = []
    for start, stop in pairwise(cuts):
        answer = visitor.get(address, headers={"Range": f"bytes={start}-", "If-Range": etag})
        assert answer.status_code == (206 if start else 200)
        parts.append(read(answer)[: stop - start])
    assert hashlib.sha256(b"".join(parts)).digest() == hashlib.sha256(whole).digest()


@pytest.mark.parametrize(
    "wanted, part", [("bytes=0-0", slice(0, 1)), ("bytes=5-9", slice(5, 10)),
                     ("bytes=-7", slice(-7, None)), ("bytes=3-99999999", slice(3, None))],
)
def test_each_form_of_range(address, visitor, wanted, part):
    whole = read(visitor.get(address))
    answer = visitor.get(address, headers={"Range": wanted})
    assert answer.status_code == 206
    assert read(answer) == whole[part]
    assert answer["Content-Range"].endswith(f"/{len(whole)}")


@pytest.mark.parametrize("wanted", ["bytes=0-1,5-6", "lines=1-2", "bytes=9-3", "bytes=x-"])
def test_an_unsupported_range_gets_the_whole_file(address, visitor, wanted):
    answer = visitor.get(address, headers={"Range": wanted})
    assert answer.status_code == 200
    assert len(read(answer)) == int(answer["Content-Length"])


def test_invalid_range_if_range_not_modified_and_head(address, visitor):
    answer = visitor.get(address, headers={"Range": "bytes=99999999-"})
    assert answer.status_code == 416
    assert answer["Content-Range"].startswith("bytes */")
    answer = visitor.get(address, headers={"Range": "bytes=5-", "If-Range": '"older"'})
    assert answer.status_code == 200
    again = visitor.get(address, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304 and again["ETag"] == answer["ETag"]
    head = visitor.head(address)
    assert head.status_code == 200
    assert head["Content-Length"] == answer["Content-Length"]
    assert head["Accept-Ranges"] == answer["Accept-Ranges"] == "bytes"
    for response in (answer, again, head):
        assert "private" in response["Cache-Control"]


def test_the_etag_of_the_pack_changes_only_with_its_content(course, visitor):
    first = visitor.get(course.url + "pack/")["ETag"]
    assert visitor.get(course.url + "pack/")["ETag"] == first
    course.summary = "เรื่องย่อใหม่"
    course.save_revision().publish()
    assert visitor.get(course.url + "pack/")["ETag"] != first


def test_the_manifest_has_the_checksums_of_all_files(course, visitor):
    archive = zipfile.ZipFile(io.BytesIO(read(visitor.get(course.url + "pack/"))))
    manifest = json.loads(archive.read(f"{course.title}/manifest.json"))
    assert manifest["format"] == 1 and manifest["version"] == 1
    assert manifest["licence"]["code"] == "cc-by-4.0"
    assert course.title in manifest["citation"]["th"] and "Version 1" in manifest["citation"]["en"]
    listed = {f"{course.title}/{row['path']}": row for row in manifest["files"]}
    assert set(listed) == set(archive.namelist()) - {f"{course.title}/manifest.json"}
    for name, row in listed.items():
        content = archive.read(name)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (row["bytes"], row["sha256"])


def test_checksums_are_computed_once_for_each_file(course, visitor, monkeypatch):
    visitor.get(course.url + "pack/")
    made = dict(Checksum.objects.values_list("document", "sha256"))
    assert len(made) == 3, "only for files in this pack"
    handout = course.public_handouts[0]
    other = document("อื่น", "อื่น.txt", b"other")
    handout.document.file = other.file
    handout.document.file_hash = other.file_hash
    handout.document.save()
    course.save_revision().publish()
    content = read(visitor.get(course.url + "pack/"))
    assert b"other" in content
    again = dict(Checksum.objects.values_list("document", "sha256"))
    assert {pk for pk in made if made[pk] != again[pk]} == {handout.document_id}


def test_public_packs_contain_nothing_for_facilitators(
    course, visitor, signed_in, django_user_model
):
    course.facilitator_notes = "บันทึกลับของวิทยากร"
    course.save_revision().publish()
    user = django_user_model.objects.create_user("f", password="x")
    user.groups.add(Group.objects.get(name="Facilitators"))
    theirs = read(signed_in(user).get(course.url + "pack/"))
    assert "ความลับ".encode() in theirs and "บันทึกลับของวิทยากร".encode() in theirs
    public = read(visitor.get(course.url + "pack/"))
    assert "ความลับ".encode() not in public and "เฉลย".encode() not in public
    assert "บันทึกลับ".encode() not in public


def test_sizes_beyond_32_bits_are_written_as_zip64():
    """Reads only the directory of a pack with a file of 5 GiB, whose content is never needed."""
    big = PackFile("ใหญ่.bin", 5 * 1024**3, "0" * 64, 0, "", "handout")
    small = PackFile("เล็ก.txt", 5, hashlib.sha256(b"small").hexdigest(), 0x0AE0C9BC, "",
                     "handout", open_file=lambda: io.BytesIO(b"small"))
    pack = stream.Zip([big, small], "ชุด")
    directory = b"".join(pack.read(pack.ends[-2], pack.size))
    assert directory.startswith(b"PK\x01\x02") and b"PK\x06\x06" in directory
    place = struct.unpack("<Q", directory[directory.index(b"PK\x06\x07") + 8:][:8])[0]
    assert pack.size - place == 56 + 20 + 22
    assert b"".join(pack.read(pack.ends[2], pack.ends[3])) == b"small"
