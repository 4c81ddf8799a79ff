"""Statistics of a Model's published replications: outcomes by place and by building block.

The number of queries does not depend on the number of replications.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from hub.models import Area
from models_lib.models import BlockOutcome, ReplicationPage
from models_lib.replications import songkhla_tiles

Outcome, BlockResult = ReplicationPage.Outcome, BlockOutcome.Outcome
MAX_REASONS = 3  # shown for each building block
# Most instructive first: changes before what was kept, failure before success.
BLOCK_RESULT_ORDER = [BlockResult.DROPPED, BlockResult.CHANGED, BlockResult.KEPT]
OUTCOME_ORDER = [Outcome.FAILURE, Outcome.PARTIAL, Outcome.SUCCESS]


@dataclass
class Row:
    """A replication in the table, with its areas."""

    replication: ReplicationPage
    areas: list[Area]

    @property
    def districts(self) -> set[str]:
        return {area.geocode[:4] for area in self.areas if len(area.geocode) >= 4}


@dataclass
class Share:
    """How often one value was reported: ``number`` of ``total``."""

    value: str
    label: str
    number: int
    total: int

    @property
    def percent(self) -> int:
        return round(100 * self.number / self.total) if self.total else 0


@dataclass
class BlockShares:
    """How often one building block was kept, changed and dropped."""

    title: str
    anchor: str
    shares: list[Share]
    answered: int
    unanswered: int  # replications that report nothing about it
    reasons: list[tuple[BlockOutcome, ReplicationPage]]


@dataclass
class Tile:
    """A district in the tile map: ``counts`` of outcomes, and the position of its tile."""

    name: str
    lines: list[str]
    counts: list[Share]
    total: int
    x: int
    y: int

    @property
    def marks(self) -> list[tuple[int, Share]]:
        """(x within the tile, count), from left to right."""
        return [(8 + 31 * number, share) for number, share in enumerate(self.counts)]


@dataclass
class ReplicationStatistics:
    """Everything that the page of a Model shows about its replications."""

    rows: list[Row] = field(default_factory=list)
    counts: list[Share] = field(default_factory=list)
    tiles: list[Tile] = field(default_factory=list)
    elsewhere: list[Share] = field(default_factory=list)  # in no district of the tile map
    blocks: list[BlockShares] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def elsewhere_total(self) -> int:
        return sum(share.number for share in self.elsewhere)

    @property
    def districts(self) -> int:
        return len(set().union(*(row.districts for row in self.rows)))


def statistics_of(model) -> ReplicationStatistics:
    """Statistics of the public replications of ``model``."""
    replications = list(model.replications)
    pks = [replication.pk for replication in replications]
    areas = defaultdict(list)
    through = ReplicationPage.areas.through.objects.filter(knowledgepage__in=pks)
    for link in through.select_related("area__parent").order_by("area__geocode"):
        areas[link.knowledgepage_id].append(link.area)
    rows = [Row(replication, areas[replication.pk]) for replication in replications]
    # By district, then the newest first: they are ordered by "-started", and sorting is stable.
    rows.sort(key=lambda row: min(row.districts, default="~"))
    return ReplicationStatistics(
        rows=rows,
        counts=_counts(rows),
        tiles=_tiles(rows),
        elsewhere=_counts([row for row in rows if not row.districts & set(songkhla_tiles.TILES)]),
        blocks=_blocks(model, replications),
    )


def _counts(rows) -> list[Share]:
    """Counts of outcomes, in the order in which they are always shown."""
    found = Counter(row.replication.outcome for row in rows)
    return [Share(o.value, o.label, found[o], len(rows)) for o in Outcome]


def _tiles(rows) -> list[Tile]:
    """Every district of the tile map, from north to south, also those without a replication."""
    tiles = []
    districts = Area.objects.filter(geocode__in=songkhla_tiles.TILES)
    for area in sorted(districts, key=lambda a: songkhla_tiles.TILES[a.geocode][::-1]):
        here = [row for row in rows if area.geocode in row.districts]
        x, y = songkhla_tiles.corner(area.geocode)
        tiles.append(Tile(area.name, _lines(area.name), _counts(here), len(here), x, y))
    return tiles


def _lines(name) -> list[str]:
    """A name in at most two lines: "Khlong Hoi Khong" is too wide for one."""
    words = name.split()
    if len(name) <= 12 or len(words) == 1:
        return [name]
    middle = (len(words) + 1) // 2
    return [" ".join(words[:middle]), " ".join(words[middle:])]


def _blocks(model, replications) -> list[BlockShares]:
    """Each building block; reports about its translations count too."""
    by_pk = {replication.pk: replication for replication in replications}
    reported = defaultdict(dict)  # translation key of a block → id of a replication → outcome
    outcomes = BlockOutcome.objects.filter(page__in=by_pk, block__isnull=False)
    for item in outcomes.select_related("block").order_by("page_id", "sort_order", "pk"):
        reported[item.block.translation_key][item.page_id] = item
    found = []
    for block in model.building_blocks.all() if replications else []:
        items = reported[block.translation_key].values()
        counts = Counter(item.outcome for item in items)
        reasons = sorted(
            ((item, by_pk[item.page_id]) for item in items if item.why.strip()),
            key=lambda pair: (
                BLOCK_RESULT_ORDER.index(pair[0].outcome), OUTCOME_ORDER.index(pair[1].outcome),
                -pair[1].started.toordinal(), pair[1].pk,
            ),
        )
        found.append(
            BlockShares(
                title=block.title, anchor=block.anchor,
                shares=[Share(o.value, o.label, counts[o], len(items)) for o in BlockResult],
                answered=len(items), unanswered=len(replications) - len(items),
                reasons=reasons[:MAX_REASONS],
            )
        )
    return found
