"""Plants each fault of ``faults.toml`` in a copy of the tree and shows which quick test fails.

``./test --faults`` plants all of them, ``./test --faults date lock`` those whose names have one of
the words. A fault that no test of the quick run catches is an error, and so is one whose text does
not stand in its file exactly once.
"""

import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIES = ROOT / "var/faults"
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.M)
QUICK = "not browser and not cluster and not processes"
SECONDS = 420  # for the tests of one fault, on a busy machine


@dataclass(frozen=True)
class Fault:
    """Somebody's mistake: in ``file`` the text ``find`` becomes ``replace``; ``tests`` are the
    files or folders of the quick run in which a test has to fail."""

    name: str
    file: str
    find: str
    replace: str
    tests: list[str]

    def planted_in(self, text: str) -> str:
        """``text`` with the fault; raises ValueError unless ``find`` stands in it exactly once."""
        if text.count(self.find) != 1:
            raise ValueError(f"{self.file} has {text.count(self.find)} times: {self.find}")
        return text.replace(self.find, self.replace)


def faults() -> list[Fault]:
    """All faults, in the order of the file."""
    listed = tomllib.loads(Path(__file__).with_name("faults.toml").read_text("utf-8"))
    return [Fault(**fault) for fault in listed["fault"]]


def copy_of_the_tree(number: int) -> Path:
    """The files that git knows, as they are now, and what tests share between runs."""
    copy = COPIES / str(number)
    shutil.rmtree(copy, ignore_errors=True)
    known = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )
    for name in filter(None, known.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    for catalogue in ROOT.glob("locale/**/*.mo"):
        shutil.copy2(catalogue, copy / catalogue.relative_to(ROOT))
    for shared in ("test-template", "test/static"):
        if (ROOT / "var" / shared).exists():
            shutil.copytree(ROOT / "var" / shared, copy / "var" / shared)
    return copy


def first_failure(fault: Fault, copy: Path) -> str:
    """The first test that fails with ``fault`` planted in ``copy``; "" when none does."""
    path = copy / fault.file
    whole = path.read_text("utf-8")
    path.write_text(fault.planted_in(whole), "utf-8")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "--tb=no", "-p", "no:randomly",
             f"--basetemp={copy / 'var/folders'}", "-m", QUICK, *fault.tests],
            cwd=copy, capture_output=True, text=True, timeout=SECONDS,
            env=os.environ | {"DEVELOPMENT": "1", "TZ": "UTC", "DATA_DIR": str(copy / "var/test"),
                              "PYTEST_ADDOPTS": ""},
        )
    except subprocess.TimeoutExpired:
        return ""
    finally:
        path.write_text(whole, "utf-8")
    found = FAILED.search(done.stdout)
    if done.returncode and not found:
        # Nothing was collected: the hub does not even start with this fault.
        last = (done.stdout + done.stderr).strip().splitlines()
        return f"the hub does not start: {last[-1][:100] if last else done.returncode}"
    return found[1] if found else ""


def plant(chosen: list[Fault]) -> dict[str, str]:
    """Name of a fault → what failed; as many at a time as there are cores."""
    waiting: queue.SimpleQueue[Fault] = queue.SimpleQueue()
    for fault in chosen:
        waiting.put(fault)
    caught: dict[str, str] = {}

    def work(number):
        copy = copy_of_the_tree(number)
        while True:
            try:
                fault = waiting.get_nowait()
            except queue.Empty:
                return
            began = time.monotonic()
            try:
                caught[fault.name] = first_failure(fault, copy)
            except ValueError as error:
                caught[fault.name] = ""
                print(error, flush=True)
            shown = caught[fault.name] or "NOT CAUGHT"
            print(f"{time.monotonic() - began:5.0f} s  {fault.name}\n         {shown}", flush=True)

    workers = [
        threading.Thread(target=work, args=(number,)) for number in range(os.cpu_count() or 1)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    shutil.rmtree(COPIES, ignore_errors=True)
    return caught


def main(words: list[str]) -> int:
    if not (ROOT / "var/test/static").exists():  # then every test of a page fails, planted or not
        print("Run ./test --faults, which collects the static files first.")
        return 1
    chosen = [f for f in faults() if not words or any(w in f.name.casefold() for w in words)]
    caught = plant(chosen)
    missed = [fault.name for fault in chosen if not caught.get(fault.name)]
    print(f"\n{len(chosen)} faults planted, {len(chosen) - len(missed)} caught.")
    for name in missed:
        print(f"Not caught: {name}")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main([word.casefold() for word in sys.argv[1:]]))
