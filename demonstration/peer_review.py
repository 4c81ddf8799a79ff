"""A peer review for the demonstration: invented reviewers, one of them anonymous."""

from datetime import UTC, datetime, timedelta

from models_lib.models import PeerReview, Review, Reviewer

CLOSED = datetime(2021, 3, 15, 9, tzinfo=UTC)
# example.org is reserved, nobody receives e-mail there.
REVIEWS = [
    ("reviewer-1@example.org", {
        "evidence": "strong",
        "evidence_text": "นับจากสมุดรับฝากทุกหน้า และบอกด้วยว่าปูที่ขึ้นท่ามากขึ้น"
                         "ยังสรุปไม่ได้ว่าเป็นเพราะธนาคารปูอย่างเดียว",
        "conditions": "strong", "conditions_text": "เงื่อนไขเรื่องน้ำเค็มและจำนวนเรือชัดพอให้ตัดสินใจก่อนซื้อของ",
        "costs": "enough", "costs_text": "ควรบอกค่าไฟต่อเดือนแยกจากค่าก่อสร้าง",
        "replicability": "enough", "replicability_text": "เก้าสิบวันแรกเขียนไว้ดี ทำตามได้",
        "recommendation": "change", "text": "ขอให้เพิ่มค่าไฟและค่าซ่อมรายปีในครั้งหน้า",
        "has_interest": False, "signed_name": "อาจารย์ตัวอย่าง (นามสมมติ) มหาวิทยาลัยตัวอย่าง",
        "texts_are_public": True,
    }),
    ("reviewer-2@example.org", {
        "evidence": "enough", "evidence_text": "ตัวเลขปีแรกกับปีที่สองเทียบกันได้ แต่มีหมู่บ้านเดียว",
        "conditions": "strong", "conditions_text": "บอกตรง ๆ ว่าที่ไหนไม่ควรทำ ซึ่งหาอ่านยาก",
        "costs": "enough", "costs_text": "", "replicability": "strong",
        "replicability_text": "ชาวประมงอ่านแล้วรู้ว่าต้องคุยกับใครก่อน",
        "recommendation": "accept", "text": "พร้อมให้หมู่บ้านอื่นลอง", "has_interest": False,
        "signed_name": "", "texts_are_public": True,
    }),
]


def load(page) -> None:
    """Add a passed peer review of the published revision of ``page``, once."""
    if PeerReview.objects.filter(page=page).exists():
        return
    review = PeerReview.objects.create(
        page=page, revision=page.live_revision, version=str(page.current_version.number),
        result=PeerReview.Result.PASSED, started_at=CLOSED - timedelta(days=40), closed_at=CLOSED,
    )
    for email, fields in REVIEWS:
        reviewer = Reviewer.objects.create(
            peer_review=review, email=email, language="th",
            invited_at=CLOSED - timedelta(days=39), expires_at=CLOSED - timedelta(days=9),
        )
        Review.objects.create(reviewer=reviewer, **fields)
