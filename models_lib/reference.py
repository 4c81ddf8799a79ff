"""What every hub starts with for its Models: skills, groups, the lie of Songkhla's districts."""

import csv
from pathlib import Path

from django.contrib.auth.models import Group
from wagtail.models import Workflow, WorkflowTask

from hub.models import Area
from hub.reference.loading import add_all
from models_lib.models import AreaFeature, CommunityGroup, PeerReviewTask, Skill

# geocode, feature, present (yes or no), source. Only what is certain: the six districts on the
# Gulf, those on Songkhla Lake, those that certainly have neither, and two subdistricts.
FEATURES = Path(__file__).with_name("songkhla_features.csv")
NAME = "การทบทวนโดยผู้รู้"  # of the workflow and its task; editors may rename both
SKILLS = [
    ("bookkeeping", "ทำบัญชี", "Bookkeeping"),
    ("facilitating", "ชวนคุย ดำเนินวงประชุม", "Leading a meeting"),
    ("electrical", "ช่างไฟ", "Electrical work"),
    ("carpentry", "ช่างไม้ ช่างก่อสร้าง", "Carpentry and building"),
    ("fishing", "ทำประมง", "Fishing"),
    ("farming", "ทำนา ทำสวน", "Farming"),
    ("seed-saving", "คัดและเก็บเมล็ดพันธุ์", "Saving seed"),
    ("first-aid", "ดูแลผู้ป่วยเบื้องต้น", "First aid and care"),
    ("teaching", "สอนเด็กหรือผู้ใหญ่", "Teaching"),
    ("phone-and-internet", "ใช้โทรศัพท์และอินเทอร์เน็ตคล่อง", "Phones and the internet"),
    ("selling", "ค้าขาย หาตลาด", "Selling and finding buyers"),
]
GROUPS = [
    ("savings-group", "กลุ่มออมทรัพย์หรือสัจจะ", "Savings group"),
    ("health-volunteers", "อสม.", "Village health volunteers"),
    ("fishers-group", "กลุ่มประมง", "Fishers' group"),
    ("farmers-group", "กลุ่มเกษตรกร", "Farmers' group"),
    ("womens-group", "กลุ่มสตรี", "Women's group"),
    ("elders-club", "ชมรมผู้สูงอายุ", "Elders' club"),
    ("youth-group", "กลุ่มเยาวชน", "Youth group"),
    ("school", "โรงเรียน", "School"),
    ("health-centre", "รพ.สต. หรือโรงพยาบาล", "Health centre or hospital"),
    ("local-government", "อบต. หรือเทศบาลที่ร่วมมือ", "Local government that takes part"),
    ("place-of-worship", "วัด มัสยิด หรือโบสถ์", "Temple, mosque or church"),
    ("volunteers", "อปพร. หรืออาสากู้ภัย", "Civil defence or rescue volunteers"),
]


def add_reference(added) -> dict[str, int]:
    """Add what is missing and leave what editors changed alone."""
    return {
        "skills": _named(Skill, SKILLS), "community groups": _named(CommunityGroup, GROUPS),
        "features of areas": _features(), "peer review workflows": _workflow(),
    }


def _named(model, rows) -> int:
    """Only into an empty list: what an editor took away stays away."""
    if model.objects.exists():
        return 0
    return add_all(model, [model(slug=s, name_th=th, name_en=en) for s, th, en in rows])


def _workflow() -> int:
    """A workflow that begins with a peer review, where there is none.

    It is assigned to no page, so that submitting and publishing stay as they are; authors start it
    for a Model from that page's menu.
    """
    if PeerReviewTask.objects.exists():
        return 0
    task = PeerReviewTask.objects.create(name=NAME)
    task.groups.set(Group.objects.filter(name="Moderators"))
    workflow = Workflow.objects.create(name=NAME)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    return 1


def _features() -> int:
    if AreaFeature.objects.exists():
        return 0
    areas = Area.objects.in_bulk(field_name="geocode")
    rows = csv.DictReader(FEATURES.read_text("utf-8").splitlines())
    made = AreaFeature.objects.bulk_create(
        AreaFeature(
            area=areas[row["geocode"]], feature=row["feature"], present=row["present"] == "yes",
            source=row["source"],
        )
        for row in rows
    )
    return len(made)
