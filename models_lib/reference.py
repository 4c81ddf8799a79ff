"""Reference data of Models: skills, community groups, features of areas, the review workflow."""

import csv
from pathlib import Path

from django.contrib.auth.models import Group
from wagtail.models import Workflow, WorkflowTask

from hub.models import Area
from hub.reference.loading import add_all
from models_lib.models import AreaFeature, CommunityGroup, PeerReviewTask, Skill

# geocode, feature, present (yes or no), source. Only what is certain: the six districts on the
# Gulf, those on Songkhla Lake, those that certainly have neither, and two subdistricts.
FEATURES_FILE = Path(__file__).with_name("songkhla_features.csv")
WORKFLOW_NAME = "การทบทวนโดยผู้รู้"  # of the workflow and its task; editors may rename both
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
    """Add what is missing without touching what editors changed; returns counts by name."""
    return {
        "skills": _add_named(Skill, SKILLS), "community groups": _add_named(CommunityGroup, GROUPS),
        "features of areas": _add_features(), "peer review workflows": _add_workflow(),
    }


def _add_named(model, rows) -> int:
    """Add ``rows`` to an empty table only, so that nothing editors deleted comes back."""
    if model.objects.exists():
        return 0
    return add_all(model, [model(slug=s, name_th=th, name_en=en) for s, th, en in rows])


def _add_workflow() -> int:
    """Create a workflow with a peer review, if there is none.

    It is assigned to no page, so that it changes nothing for submitting and publishing; authors
    start it for a Model from the page's menu.
    """
    if PeerReviewTask.objects.exists():
        return 0
    task = PeerReviewTask.objects.create(name=WORKFLOW_NAME)
    task.groups.set(Group.objects.filter(name="Moderators"))
    workflow = Workflow.objects.create(name=WORKFLOW_NAME)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    return 1


def _add_features() -> int:
    if AreaFeature.objects.exists():
        return 0
    areas = Area.objects.in_bulk(field_name="geocode")
    rows = csv.DictReader(FEATURES_FILE.read_text("utf-8").splitlines())
    features = AreaFeature.objects.bulk_create(
        AreaFeature(
            area=areas[row["geocode"]], feature=row["feature"], present=row["present"] == "yes",
            source=row["source"],
        )
        for row in rows
    )
    return len(features)
