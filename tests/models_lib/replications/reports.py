"""A Model, somebody who tried it, and a report as a form posts it."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.ExifTags import IFD

from models_lib.models import BuildingBlock, ReplicationReport
from tests.factories import ModelPageFactory

SECRET = "โทรหาป้าแดง"
PHONE, EMAIL = "081-234-5678", "secret-contact@example.org"


def model_with_blocks(**fields):
    """A live Model of three building blocks."""
    model = ModelPageFactory(**{"title": "ธนาคารปู"} | fields)
    model.building_blocks = [
        BuildingBlock(title=title, what="ทำ", locale=model.locale, sort_order=number)
        for number, title in enumerate(["จุดรับฝาก", "ถังฟัก", "กติกา"])
    ]
    model.save_revision().publish()
    model.refresh_from_db()
    return type(model).objects.get(pk=model.pk)


def answers(model, **changes):
    """Values of the form; ``changes`` replace some of them, ``None`` leaves one out."""
    first, second, _third = model.building_blocks.all()
    data = {
        "key": "11111111-1111-4111-8111-111111111111", "who": "กลุ่มบ้านท่าข้าม",
        "area_typed": "ต.ท่าข้าม อ.หาดใหญ่", "place": "lake", "started": "พ.ค. ๒๕๖๗",
        "ended": "3/2568", "households": "๔๒ ครัวเรือน", "outcome": "failure",
        "result": "น้ำจืดเกินไป ปูตาย", "evidence": "สมุดจด", "cost_baht": "๑๒,๕๐๐ บาท",
        f"block-{first.pk}": "kept", f"why-{first.pk}": "มีที่พร้อม",
        f"block-{second.pk}": "dropped", f"why-{second.pk}": "ถังแพง",
        "advice": "วัดน้ำก่อน", "contact_name": SECRET, "contact_phone": PHONE,
        "contact_email": EMAIL, "send": "1",
    } | changes
    return {name: value for name, value in data.items() if value is not None}


def sent(client, model, **changes) -> ReplicationReport:
    """The report that ``client`` sends."""
    data = answers(model, **changes)
    response = client.post(f"{model.url}replicate/", data)
    assert response.status_code == 302, response.content.decode()
    return ReplicationReport.objects.get(key=data["key"])


def photo(name="ปู.jpg", size=(240, 180), orientation=6):
    """A phone's JPEG, lying on its side, with the place where it was taken."""
    picture = Image.new("RGB", size, "teal")
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif.get_ifd(IFD.GPSInfo).update({1: "N", 2: (7.0, 12.0, 0.0), 3: "E", 4: (100.0, 35.0, 0.0)})
    written = BytesIO()
    picture.save(written, "JPEG", exif=exif)
    return SimpleUploadedFile(name, written.getvalue(), "image/jpeg")
