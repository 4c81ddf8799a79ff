"""``python -m tests.attack``: attacks a hub of its own and prints what each attack got.

Needs ``DEVELOPMENT=1`` and collected static files in ``DATA_DIR``, as ``./test`` makes them.
"""

import tempfile
from pathlib import Path

from tests.attack import served
from tests.attack.test_the_hub_holds import run, told

with tempfile.TemporaryDirectory(prefix="hub-attack-") as folder, \
        served.served_hub(Path(folder)) as hub:
    print("Alone", told(run(hub)), sep="\n")
    if served.NGINX:
        with served.behind_nginx(hub) as target:
            print("\nBehind nginx", told(run(target)), sep="\n")
