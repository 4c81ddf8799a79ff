"""Where a Model holds and where not: what its published replications say together.

A constant number of queries, however many replications there are.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from hub.models import Area
from models_lib.models.replication_page import BlockOutcome, ReplicationPage
from models_lib.replications import songkhla_tiles

Outcome, Kept = ReplicationPage.Outcome, BlockOutcome.Outcome
REASONS = 3  # shown under each building block
# What was dropped or changed teaches more than what was kept; so does what did not work.
TELLING = [Kept.DROPPED, Kept.CHANGED, Kept.KEPT]
TELLING_RESULTS = [Outcome.FAILURE, Outcome.PARTIAL, Outcome.SUCCESS]


@dataclass
class Row:
    """A replication in the table: where it was done."""

    replication: ReplicationPage
    areas: list[Area]

    @property
    def districts(self) -> set[str]:
        return {area.geocode[:4] for area in self.areas if len(area.geocode) >= 4}


@dataclass
class Share:
    """How often one of three things was said: ``number`` of ``total``."""

    value: str
    label: str
    number: int
    total: int

    @property
    def percent(self) -> int:
        return round(100 * self.number / self.total) if self.total else 0


@dataclass
class BlockShares:
    """What became of one building block."""

    title: str
    anchor: str
    shares: list[Share]
    said: int
    silent: int  # replications that said nothing of it
    reasons: list[tuple[BlockOutcome, ReplicationPage]]


@dataclass
class Tile:
    """A district in the scheme: ``counts`` of outcomes, and where its tile stands."""

    name: str
    lines: list[str]
    counts: list[Share]
    total: int
    x: int
    y: int

    @property
    def marks(self) -> list[tuple[int, Share]]:
        """Where in the tile each count stands, from left to right."""
        return [(8 + 31 * number, share) for number, share in enumerate(self.counts)]


@dataclass
class ReplicationStatistics:
    """All that the page of a Model shows of its replications."""

    rows: list[Row] = field(default_factory=list)
    counts: list[Share] = field(default_factory=list)
    tiles: list[Tile] = field(default_factory=list)
    elsewhere: list[Share] = field(default_factory=list)  # in no district of the scheme
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


def holding_of(model) -> ReplicationStatistics:
    """What the replications of ``model`` that anybody may read say together."""
    replications = list(model.replications)
    pks = [replication.pk for replication in replications]
    areas = defaultdict(list)
    through = ReplicationPage.areas.through.objects.filter(knowledgepage__in=pks)
    for link in through.select_related("area__parent").order_by("area__geocode"):
        areas[link.knowledgepage_id].append(link.area)
    rows = [Row(replication, areas[replication.pk]) for replication in replications]
    # By district, there the newest first: "-started" is the order they come in.
    rows.sort(key=lambda row: min(row.districts, default="~"))
    return ReplicationStatistics(
        rows=rows,
        counts=_counts(rows),
        tiles=_tiles(rows),
        elsewhere=_counts([row for row in rows if not row.districts & set(songkhla_tiles.TILES)]),
        blocks=_blocks(model, replications),
    )


def _counts(rows) -> list[Share]:
    """Outcomes in the order in which they are always shown."""
    found = Counter(row.replication.outcome for row in rows)
    return [Share(o.value, o.label, found[o], len(rows)) for o in Outcome]


def _tiles(rows) -> list[Tile]:
    """Every district of the scheme, those without a replication too, from north to south."""
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
    """Each building block; what replications in another language say of its twin counts too."""
    by_pk = {replication.pk: replication for replication in replications}
    said = defaultdict(dict)  # translation key → replication → what it says
    outcomes = BlockOutcome.objects.filter(page__in=by_pk, block__isnull=False)
    for item in outcomes.select_related("block").order_by("page_id", "sort_order", "pk"):
        said[item.block.translation_key][item.page_id] = item
    found = []
    for block in model.building_blocks.all() if replications else []:
        items = said[block.translation_key].values()
        counts = Counter(item.outcome for item in items)
        reasons = sorted(
            ((item, by_pk[item.page_id]) for item in items if item.why.strip()),
            key=lambda pair: (
                TELLING.index(pair[0].outcome), TELLING_RESULTS.index(pair[1].outcome),
                -pair[1].started.toordinal(), pair[1].pk,
            ),
        )
        found.append(
            BlockShares(
                title=block.title, anchor=block.anchor,
                shares=[Share(o.value, o.label, counts[o], len(items)) for o in Kept],
                said=len(items), silent=len(replications) - len(items),
                reasons=reasons[:REASONS],
            )
        )
    return found
