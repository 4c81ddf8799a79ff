"""A superseded lesson, and the review of the Model that rests on it."""

from datetime import UTC, datetime

from hub.models import Flag, Withdrawal
from hub.withdrawals import rules

LESSON, SUCCESSOR = "lesson/mangrove-counted-early", "lesson/mangrove-wrong-spot"
MODEL = "model/mangrove-classroom"
SUPERSEDED_AT = datetime(2023, 2, 1, 3, tzinfo=UTC)
REVIEWED_AT = datetime(2023, 2, 14, 3, tzinfo=UTC)
REASON = """\
สามเดือนเร็วเกินไป ต้นที่ยังยืนอยู่ตอนนั้นใบเหลืองแล้ว เมื่อนับครบปีเหลือ 108 ต้นจาก 1,200 ต้น \
การปลูกชิดเป็นแถวจึงไม่ได้ผลอย่างที่เขียนไว้ บทเรียนใหม่บอกว่าเกิดอะไรขึ้นและเพราะอะไร

Three months is too early. What still stood had yellow leaves already; after a year 108 of 1,200 \
were left. The new lesson says what happened and why."""
REVIEWER = "ครูอุ่นและลุงหีม (นามสมมติ)"
CHECKED = """\
อ่านชิ้นส่วน วันนับต้นรอด ใหม่ทั้งหมด ตัวแบบใช้เพียงวิธีนับสองกลุ่มและการเขียนตัวเลขที่ศาลา \
อัตรารอดที่อ้างในตัวแบบมาจากการนับครบปี ไม่ใช่ตัวเลขสามเดือน

We read the block on the counting day again. The Model takes only the way of counting from this \
lesson; its survival rates come from counts after a full year."""


def supersede_lesson(pages) -> None:
    """Supersede the lesson and record the review, once: later changes by editors stay."""
    lesson, model = pages[LESSON, "th"], pages[MODEL, "th"]
    if Withdrawal.objects.filter(key=lesson.translation_key).exists():
        return
    withdrawal = rules.withdraw(
        lesson, Withdrawal.Kind.SUPERSEDED, REASON, pages[SUCCESSOR, "th"]
    )
    flag = withdrawal.flags.get(key=model.translation_key)
    rules.review(flag, model, REVIEWER, CHECKED, Flag.Outcome.HOLDS)
    Withdrawal.objects.filter(pk=withdrawal.pk).update(at=SUPERSEDED_AT)
    withdrawal.flags.update(created_at=SUPERSEDED_AT)
    Flag.objects.filter(pk=flag.pk).update(reviewed_at=REVIEWED_AT)


def remove(pages) -> None:
    """Delete the withdrawals and flags of ``pages``."""
    keys = list(pages.values_list("translation_key", flat=True))
    Withdrawal.objects.filter(key__in=keys).delete()
    Flag.objects.filter(key__in=keys).delete()
