"""Between equally good answers: the Model that others have used, what is newer, pages before files;
and none of it moves a better answer down."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hub.models import Attachment
from models_lib.models import ModelPage
from search.index import indexer
from search.query.find import find
from tests.factories import LessonPageFactory, ModelPageFactory, document

pytestmark = pytest.mark.django_db


def titles(text):
    return [result.page.title for result in find(text).results]


def aged(page, **age):
    moment = timezone.now() - timedelta(**age)
    type(page).objects.filter(pk=page.pk).update(first_published_at=moment)


@pytest.mark.parametrize("typed", ["ชันโรง", "เลี้ยงชันโรงอย่างไร"])
def test_a_used_model_ranks_above_an_unused_one(hub, typed):
    for maturity in (ModelPage.Maturity.DRAFT, ModelPage.Maturity.POLICY,
                     ModelPage.Maturity.TRIED, ModelPage.Maturity.REPLICATED):
        ModelPageFactory(title=f"เลี้ยงชันโรง {maturity}", maturity=maturity)
    assert titles(typed) == [
        f"เลี้ยงชันโรง {maturity}" for maturity in ("policy", "replicated", "tried", "draft")
    ]


def test_newer_pages_rank_above_older_ones(hub):
    old, new = LessonPageFactory(title="ชันโรง ก"), LessonPageFactory(title="ชันโรง ข")
    aged(old, days=365 * 9)
    aged(new, days=30)
    indexer.rebuild()
    assert titles("ชันโรง") == ["ชันโรง ข", "ชันโรง ก"]


def test_a_page_ranks_above_a_file_of_another_page(hub):
    holder = LessonPageFactory(title="หน้าอื่น")
    file = document("ไฟล์", "ก.txt", ("เลี้ยงชันโรงในสวน" + " กับเรื่องอื่น" * 9).encode())
    Attachment.objects.create(page=holder.knowledgepage_ptr, document=file)
    holder.save_revision().publish()
    LessonPageFactory(title="หน้านี้", event="เลี้ยงชันโรงในสวน")
    assert titles("ชันโรง") == ["หน้านี้", "หน้าอื่น"]


def test_a_better_match_ranks_above_a_used_model(hub):
    LessonPageFactory(title="ชันโรง", event="ชันโรง")
    ModelPageFactory(
        title="ตัวแบบ", maturity=ModelPage.Maturity.POLICY,
        problem="เรื่องอื่น " * 40 + "ชันโรง",
    )
    assert titles("ชันโรง") == ["ชันโรง", "ตัวแบบ"]
