"""Which migrations have landed, with the hash of each: ``bin/freeze_migrations`` notes new ones.

The hash is of the whole text, with line endings as git keeps them. A hash of what Python parses
would pass over comments, but differs between versions of Python; and nothing formats migrations,
so there is no good reason to touch one.
"""

import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("migrations.sha256")
HEAD = "# Migrations that have landed, and never change. bin/freeze_migrations adds new ones.\n"


def present(root: Path = ROOT) -> dict[str, str]:
    """Path → SHA-256 of every migration in the apps below ``root``."""
    return {
        path.relative_to(root).as_posix():
            hashlib.sha256(path.read_text("utf-8").encode()).hexdigest()
        for path in sorted(root.glob("*/migrations/*.py")) if path.name != "__init__.py"
    }


def landed(file: Path = LIST) -> dict[str, str]:
    """Path → SHA-256 as noted in ``file``; nothing where there is none."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return {path: sha256 for sha256, path in (line.split() for line in lines if line[0] != "#")}


def touched(noted: dict[str, str], found: dict[str, str]) -> list[str]:
    """A sentence for each migration of ``noted`` that changed or is gone in ``found``."""
    return [
        f"{path} {'was changed' if path in found else 'is gone'}"
        for path, sha256 in noted.items() if found.get(path) != sha256
    ]


def write(found: dict[str, str], file: Path = LIST) -> None:
    lines = [f"{sha256}  {path}\n" for path, sha256 in sorted(found.items())]
    file.write_text(HEAD + "".join(lines), "utf-8")


def main(arguments: list[str]) -> str | None:
    """Note new migrations; with ``--anew`` all as they are now. Returns what is wrong."""
    noted, found = landed(), present()
    if arguments not in ([], ["--anew"]):
        return "bin/freeze_migrations [--anew]"
    wrong = touched(noted, found)
    if wrong and not arguments:
        return "\n".join([
            "A migration that has landed never changes; write another that follows it.", *wrong])
    write(found)
    print(f"{len(found)} migrations, {len(found.keys() - noted.keys())} of them new.")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
