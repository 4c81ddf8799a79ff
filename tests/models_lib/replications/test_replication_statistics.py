"""Statistics of published replications on the page of a Model."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from hub.models import Area
from models_lib.models import BlockOutcome, BuildingBlock, ModelPage
from models_lib.replications import songkhla_tiles
from models_lib.replications.statistics import statistics_of
from tests.factories import ReplicationPageFactory
from tests.models_lib.replications.reports import model_with_blocks

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(hub):
    return model_with_blocks()


def replication(model, areas, outcome="success", blocks=(), **fields):
    """A live replication; ``blocks`` are (number of the block, what became of it, why)."""
    made = ReplicationPageFactory(parent=model, outcome=outcome, **fields)
    made.areas = Area.objects.filter(geocode__in=areas)
    found = list(model.building_blocks.all())
    made.block_outcomes = [
        BlockOutcome(block=found[number], block_title=found[number].title, outcome=fate, why=why)
        for number, fate, why in blocks
    ]
    made.save_revision().publish()
    return made


def again(model):
    return statistics_of(ModelPage.objects.get(pk=model.pk))


def numbers(shares):
    return [share.number for share in shares]


def test_outcomes_districts_and_blocks_are_counted(model):
    replication(model, ["901113"], "failure", [(0, "kept", ""), (1, "dropped", "ถังแพง")])
    replication(model, ["9011", "901101"], "success", [(1, "changed", "ใช้ถังเก่า")])
    replication(model, ["9007"], "partial", [(1, "kept", "พอดี")], who="ระโนด")
    replication(model, ["90"], "success")
    statistics = again(model)
    assert numbers(statistics.counts) == [2, 1, 1]
    assert (statistics.total, statistics.districts) == (4, 2)
    tiles = {tile.name: numbers(tile.counts) for tile in statistics.tiles}
    assert len(tiles) == 16
    assert tiles["หาดใหญ่"] == [1, 0, 1] and tiles["ระโนด"] == [0, 1, 0]
    assert sum(map(sum, tiles.values())) == 3 and numbers(statistics.elsewhere) == [1, 0, 0]
    first, second, third = statistics.blocks
    assert (numbers(first.shares), first.answered, first.unanswered) == ([1, 0, 0], 1, 3)
    assert (numbers(second.shares), second.answered, second.unanswered) == ([1, 1, 1], 3, 1)
    assert [share.percent for share in second.shares] == [33, 33, 33]
    assert (third.answered, third.unanswered) == (0, 4)
    assert [item.why for item, _page in second.reasons] == ["ถังแพง", "ใช้ถังเก่า", "พอดี"]
    assert first.reasons == []


def test_the_table_is_ordered_by_district_then_newest_first(model):
    replication(model, ["9011"], who="หาดใหญ่เก่า", started=date(2020, 1, 1))
    replication(model, [], who="ไม่บอก")
    replication(model, ["901113"], who="หาดใหญ่ใหม่", started=date(2023, 1, 1))
    replication(model, ["9003"], who="จะนะ")
    found = [row.replication.who for row in again(model).rows]
    assert found == ["จะนะ", "หาดใหญ่ใหม่", "หาดใหญ่เก่า", "ไม่บอก"]


def test_a_draft_a_private_and_a_withdrawn_replication_do_not_count(model, visitor):
    replication(model, ["9011"], who="กลุ่มร่าง").unpublish()
    private = replication(model, ["9011"], who="กลุ่มปิด")
    private.view_restrictions.create(restriction_type="login")
    assert again(model).total == 0
    body = visitor.get(model.url).content.decode()
    assert "กลุ่มร่าง" not in body and "กลุ่มปิด" not in body
    assert "ยังไม่มีชุมชนใดรายงาน" in body and f"{model.url}replicate/" in body


def test_translated_replications_count_once_and_for_the_translated_block(
    model, english_home
):
    twin = model_with_blocks(
        title="Crab bank", parent=english_home, translation_key=model.translation_key
    )
    for block, original in zip(
        twin.building_blocks.all(), model.building_blocks.all(), strict=True
    ):
        BuildingBlock.objects.filter(pk=block.pk).update(
            translation_key=original.translation_key, title=f"Block {original.pk}")
    thai = replication(model, ["9011"], "success", [(0, "kept", "")])
    replication(twin, ["9011"], "success", translation_key=thai.translation_key)
    replication(model, ["9007"], "failure", [(0, "dropped", "น้ำจืด")])
    for page in (model, twin):
        statistics = again(page)
        assert numbers(statistics.counts) == [1, 0, 1]
    english = again(twin).blocks[0]
    assert numbers(english.shares) == [0, 0, 1] and english.reasons[0][0].why == "น้ำจืด"


def test_the_page_shows_statistics_as_text_table_and_tile_map(model, visitor):
    page = replication(model, ["901113"], "failure", [(1, "dropped", "ถังแพง")], place="lake",
                       households=42, cost_baht=12500)
    body = visitor.get(model.url).content.decode()
    for text in ("ใช้ได้ที่ไหน ใช้ไม่ได้ที่ไหน", "ริมทะเลสาบ", "42", "12,500", "2567", "ไม่ได้ผล", "ถังแพง",
                 "1 จาก 1", "ไม่ได้บอก: 1 แห่ง", page.url, "คลองหอยโข่ง", "1 ชุมชนรายงานว่า"):
        assert text in body, text
    assert body.count('class="tile"') == 15 and body.count('class="tile tile--some"') == 1
    assert "status--failure" not in body
    assert model.get_maturity_display() in body
    alone = visitor.get(page.url).content.decode()
    assert "status--failure" not in alone and "ริมทะเลสาบ" in alone


def test_the_page_takes_as_many_queries_for_two_as_for_twelve(model, client):
    def queries():
        call_command("index", rebuild=True, verbosity=0)  # else the first reader's request does
        for _visit in range(2):  # the first finds the index just behind, and asks what has changed
            client.get(model.url)
        with CaptureQueriesContext(connection) as found:
            client.get(f"{model.url}?{len(found)}")
        return len(found)

    client.cookies["sessionid"] = "x"  # past the cache of whole pages
    for _number in range(2):
        replication(model, ["9011"], "failure", [(0, "kept", "ก"), (1, "dropped", "ข")])
    few = queries()
    for number in range(10):
        replication(model, ["9007", "901113"], "success", [(number % 3, "kept", "ค")])
    assert queries() == few


def test_every_district_has_a_tile_of_its_own(hub):
    districts = set(Area.objects.districts().values_list("geocode", flat=True))
    assert set(songkhla_tiles.TILES) == districts
    corners = {songkhla_tiles.corner(code) for code in districts}
    assert len(corners) == 16
    width, height = songkhla_tiles.size()
    assert all(x + 104 <= width and y + 84 <= height for x, y in corners)
    template = Path("templates/models_lib/replications/statistics.html").read_text("utf-8")
    assert f'viewBox="0 0 {width} {height}"' in template


def test_names_of_districts_fit_their_tiles(model):
    replication(model, ["9011"])
    with override("en"):
        lines = [line for tile in again(model).tiles for line in tile.lines]
    assert "Khlong Hoi" in lines and max(map(len, lines)) <= 12
    assert not any(re.search(r"\s{2}", line) for line in lines)
