"""No stored picture, and no public size of one, tells where, when or by whom it was taken."""

import importlib
from io import BytesIO

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.signals import pre_save
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from wagtail.images.models import AbstractRendition
from wagtail.users.models import UserProfile

from hub.files.picture_metadata import ORIENTATION, pictures_of, without_metadata
from hub.models import HubImage, HubRendition
from models_lib.models import ReplicationPhoto

CANARY = b"CANARY-7.1756N-100.6142E"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + CANARY + b"</x:xmpmeta>"
TURNED = 6  # on its right side: 90 degrees clockwise make it upright
SIZE = (40, 20)


def picture(image_format, orientation=TURNED, frames=1) -> bytes:
    """A picture with the canary wherever its format has room for it, behind its end too."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010E] = CANARY.decode()  # description
    exif[0x8825] = {1: "N", 2: (7.0, 10.0, 32.0), 3: "E", 4: (100.0, 36.0, 51.0), 29: "2026:11:30"}
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.new("RGB", SIZE, "white")
    image.paste("teal", (0, 0, 20, 20))
    more = [Image.new("RGB", SIZE, colour) for colour in ("red", "blue")[:frames - 1]]
    options = {"exif": exif, "icc_profile": icc}
    if image_format == "PNG":
        text = PngInfo()
        text.add_text("Location", CANARY.decode())
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
        options["pnginfo"] = text
    elif image_format == "GIF":
        options = {"comment": CANARY}
    else:
        options["xmp"] = XMP
        if image_format == "JPEG":
            options["comment"] = CANARY
    if more:
        options |= {"save_all": True, "append_images": more}
    written = BytesIO()
    image.save(written, image_format, **options)
    return written.getvalue() + CANARY


@pytest.mark.parametrize(("image_format", "frames"), [
    ("JPEG", 1), ("PNG", 1), ("PNG", 3), ("WEBP", 1), ("WEBP", 3), ("GIF", 1), ("GIF", 3),
    ("AVIF", 1),
])
def test_a_picture_keeps_its_looks_and_nothing_else(image_format, frames):
    before = picture(image_format, frames=frames)
    assert before.count(CANARY) > 1
    after = without_metadata(BytesIO(before), "ภาพ").read()
    assert CANARY not in after and b"GPS" not in after
    with Image.open(BytesIO(before)) as old, Image.open(BytesIO(after)) as new:
        assert (new.format, new.size) == (image_format, SIZE)
        assert getattr(new, "n_frames", 1) == frames
        assert new.info.get("icc_profile") == old.info.get("icc_profile")
        exif = new.getexif()
        assert dict(exif) == ({} if image_format == "GIF" else {ORIENTATION: TURNED})
        assert not exif.get_ifd(0x8825)
        for place in ((5, 5), (35, 15)):
            pairs = zip(
                old.convert("RGB").getpixel(place), new.convert("RGB").getpixel(place), strict=True)
            assert all(abs(a - b) < 8 for a, b in pairs)
    again = without_metadata(BytesIO(after), "ภาพ").read()
    with Image.open(BytesIO(again)) as new:
        assert (new.size, getattr(new, "n_frames", 1)) == (SIZE, frames)


def test_a_second_picture_behind_the_first_is_gone():
    """Phones store previews and depth maps that way (MPO), each with a place of its own."""
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    written = BytesIO()
    Image.new("RGB", SIZE, "teal").save(
        written, "MPO", save_all=True, append_images=[Image.new("RGB", SIZE, "red")], exif=exif)
    after = without_metadata(BytesIO(written.getvalue()), "ภาพ.jpg").read()
    with Image.open(BytesIO(after)) as new:
        assert new.format == "JPEG" and getattr(new, "n_frames", 1) == 1
    assert CANARY not in after


def test_a_picture_that_is_upright_gets_no_exif_at_all():
    after = without_metadata(BytesIO(picture("JPEG", orientation=1)), "ภาพ.jpg").read()
    assert b"Exif" not in after


MODELS = [m for m in apps.get_models() if pictures_of(m) and not issubclass(m, AbstractRendition)]


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_model_stores_its_pictures_without_metadata(model):
    for field in pictures_of(model):
        instance = model()
        setattr(instance, field.attname, ContentFile(picture("JPEG"), name="ภาพ.jpg"))
        pre_save.send(model, instance=instance, raw=False, using="default", update_fields=None)
        stored = getattr(instance, field.attname)
        assert CANARY not in stored.read(), field
    assert {HubImage, ReplicationPhoto, UserProfile} <= set(MODELS)


@pytest.mark.django_db
def test_what_an_editor_uploads_is_public_without_its_place(hub, editor, signed_in, visitor):
    upload = SimpleUploadedFile("แปลงปู.jpg", picture("JPEG"), "image/jpeg")
    signed_in(editor).post("/admin/images/add/", {
        "title": "แปลงปู", "file": upload, "collection": 1, "alt_text": "", "credit": "", "tags": "",
    })
    image = HubImage.objects.get()
    with image.file.open() as stored:
        content = stored.read()
    assert CANARY not in content and image.file_size == len(content)
    rendition = image.get_rendition("width-30")
    public = b"".join(visitor.get(rendition.url).streaming_content)
    assert CANARY not in public
    with Image.open(BytesIO(public)) as shown:
        assert shown.height > shown.width, "upright, as the camera meant it"


@pytest.mark.django_db
def test_a_portrait_that_cannot_be_read_is_an_error_beside_the_field(hub, editor, signed_in):
    cut = picture("PNG")[:80]
    answer = signed_in(editor).post("/admin/account/", {
        "avatar-avatar": SimpleUploadedFile("ฉัน.png", cut, "image/png"),
        "name_email-first_name": "", "name_email-last_name": "",
    })
    assert answer.status_code == 200
    assert not UserProfile.objects.filter(user=editor).exclude(avatar="").exists()


@pytest.mark.django_db
def test_pictures_stored_before_are_written_anew(hub):
    name = default_storage.save("original_images/เก่า.jpg", ContentFile(picture("JPEG")))
    [image] = HubImage.objects.bulk_create([HubImage(title="เก่า", file=name, width=40, height=20)])
    image.refresh_from_db()
    rendition = image.get_rendition("width-30")
    public = rendition.file.name
    missing = HubImage.objects.bulk_create(
        [HubImage(title="หาย", file="original_images/none.jpg", width=1, height=1)])[0]
    migration = importlib.import_module("hub.migrations.0002_remove_picture_metadata")
    migration.remove_metadata(apps, None)
    image.refresh_from_db()
    with image.file.open() as stored:
        content = stored.read()
    assert CANARY not in content and image.file_size == len(content)
    assert not default_storage.exists(public) and not HubRendition.objects.exists()
    assert HubImage.objects.values_list("file", flat=True).get(pk=missing.pk) == missing.file.name
