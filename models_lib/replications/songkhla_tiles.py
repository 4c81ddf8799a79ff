"""A tile map of Songkhla's 16 districts.

The hub has no coordinates of districts. The tiles were laid out by hand so that neighbours are near
each other and north, south, the lake and the sea are in place; sizes, distances and borders have no
meaning. Row 0 is the north, column 0 the west.
"""

TILES = {  # geocode → (column, row)
    "9007": (2, 0),  # Ranot
    "9008": (1, 1),  # Krasae Sin
    "9002": (2, 1),  # Sathing Phra
    "9009": (0, 2),  # Rattaphum
    "9013": (1, 2),  # Khuan Niang
    "9015": (2, 2),  # Singhanakhon
    "9014": (1, 3),  # Bang Klam
    "9001": (2, 3),  # Mueang Songkhla
    "9011": (0, 4),  # Hat Yai
    "9012": (1, 4),  # Na Mom
    "9003": (2, 4),  # Chana
    "9005": (3, 4),  # Thepha
    "9016": (0, 5),  # Khlong Hoi Khong
    "9010": (1, 5),  # Sadao
    "9004": (2, 5),  # Na Thawi
    "9006": (3, 5),  # Saba Yoi
}
WIDTH, HEIGHT, GAP = 104, 84, 6  # of a tile, in units of the SVG
COLUMNS, ROWS = 4, 6


def corner(geocode: str) -> tuple[int, int]:
    """The upper left corner of a district's tile."""
    column, row = TILES[geocode]
    return column * (WIDTH + GAP), row * (HEIGHT + GAP)


def size() -> tuple[int, int]:
    """Width and height of the whole SVG."""
    return COLUMNS * (WIDTH + GAP) - GAP, ROWS * (HEIGHT + GAP) - GAP
