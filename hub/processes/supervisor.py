"""Keeps the parts of a hub running on one machine: what ends is started again.

A part is a process forked from the supervisor, with which it shares the memory of all that was
loaded before. The supervisor passes on what it writes to standard error, waits longer after
each failure in a row, and says in Thai and English what ended and when it is started again; what
does not start several times in a row is named with its last words. A part that ends without an
error has asked for a new process, and gets one at once. Ctrl-C and SIGTERM end the parts
in their order, each within the seconds that it may take for what it has begun. The kernel ends the
parts when the supervisor itself is killed.
"""

import contextlib
import os
import re
import selectors
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.processes.backoff import Backoff
from hub.processes.forked import Forked

TRIES = 5  # failures in a row after which the reason is told
STEADY_SECONDS = 30.0  # a part that ran as long has started
SHORTEST_SECONDS = 5.0  # a part that ended sooner did not ask for a new process, it failed
LOOK_SECONDS = 0.2
LAST_LINES = 8
# What a part writes before it ends → what that means, in English and Thai.
REASONS = [
    (r"address already in use|connection in use",
     "Its port is taken by another program. Choose another: PORT=8001 ./run",
     "พอร์ตมีโปรแกรมอื่นใช้อยู่ เลือกพอร์ตอื่นได้ด้วย PORT=8001 ./run"),
    (r"no space left|disk is full|DiskFull",
     "The disk is full. Make room; nothing else has to be done.",
     "ดิสก์เต็ม กรุณาเพิ่มที่ว่าง แล้วระบบจะทำงานต่อเอง"),
    (r"no such table|relation .* does not exist",
     "The database is not prepared. Run: manage.py upgrade",
     "ยังไม่ได้เตรียมฐานข้อมูล กรุณารัน manage.py upgrade"),
    (r"connection refused|could not connect|connection failed|database is locked",
     "The database does not answer. The part goes on when it does.",
     "ฐานข้อมูลไม่ตอบ ระบบจะทำงานต่อเมื่อฐานข้อมูลกลับมา"),
]


@dataclass(frozen=True)
class Part:
    """A program that has to run: ``main`` is called with ``command`` as its ``sys.argv``;
    ``stop_seconds`` is how long it may take to end when asked to."""

    name: str
    thai_name: str
    main: Callable[[], object]
    command: Sequence[str]
    stop_seconds: float


def say(*lines: str) -> None:
    """Write to standard error, which may be closed."""
    with contextlib.suppress(OSError):
        print(*lines, sep="\n", file=sys.stderr, flush=True)


class Supervisor:
    """``run`` starts ``parts`` in their order and returns when it was asked to end."""

    def __init__(
        self, parts: Sequence[Part], say: Callable[..., None] = say,
        backoff: Callable[[], Backoff] = Backoff,
    ) -> None:
        self.say = say
        self.selector = selectors.DefaultSelector()
        self.kept = [_Kept(part, self.selector, say, backoff()) for part in parts]
        self.asked_to_end = 0  # times

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._end)
        while not self.asked_to_end:
            for kept in self.kept:
                kept.look()
            self._pass_on(LOOK_SECONDS)
        for kept in self.kept:
            self._stop(kept)

    def _end(self, number: int, frame: object) -> None:
        self.asked_to_end += 1

    def _stop(self, kept: "_Kept") -> None:
        """End a part; at once when asked a second time."""
        deadline = time.monotonic() + kept.part.stop_seconds
        kept.signal(signal.SIGTERM)
        while kept.is_running() and time.monotonic() < deadline and self.asked_to_end < 2:
            self._pass_on(LOOK_SECONDS / 4)
        kept.signal(signal.SIGKILL)
        kept.wait()
        self._pass_on(0)

    def _pass_on(self, seconds: float) -> None:
        """Pass on what the parts write to standard error, waiting for ``seconds`` at most."""
        if not self.selector.get_map():
            time.sleep(seconds)
            return
        for key, _events in self.selector.select(seconds):
            key.data.pass_on()


class _Kept:
    """One part and its process, if it has one now."""

    def __init__(
        self, part: Part, selector: selectors.BaseSelector, say: Callable[..., None],
        backoff: Backoff,
    ) -> None:
        self.part, self.selector, self.say, self.backoff = part, selector, say, backoff
        self.process: Forked | None = None
        self.started = self.start_at = 0.0
        self.begun = b""  # of a line
        self.last_words: deque[str] = deque(maxlen=LAST_LINES)

    def look(self) -> None:
        """Start the part when it does not run and its time has come."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self._start()
        elif (code := self.process.poll()) is not None:
            self._ended(code)
        elif self.backoff.failures and now - self.started >= STEADY_SECONDS:
            self.backoff.reset()

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        """Send a signal to the part; SIGKILL to its own children as well."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            elif self.is_running():
                self.process.send_signal(number)

    def wait(self) -> None:
        if self.process is not None:
            self.process.wait()

    def pass_on(self) -> None:
        """What the part has written: whole lines to standard error; the last are remembered."""
        assert self.process
        written = os.read(self.process.stderr.fileno(), 65_536)
        if written:
            *lines, self.begun = (self.begun + written).split(b"\n")
        else:  # it has closed its standard error
            self.selector.unregister(self.process.stderr)
            lines, self.begun = [self.begun] if self.begun else [], b""
        for line in lines:
            if line.strip():
                self.last_words.append(line.decode("utf-8", "replace").rstrip())
        with contextlib.suppress(OSError):
            sys.stderr.buffer.write(b"".join(line + b"\n" for line in lines))
            sys.stderr.buffer.flush()

    def _start(self) -> None:
        self.started = time.monotonic()
        self.last_words.clear()
        try:
            self.process = Forked(self.part.main, self.part.command, self.selector)
        except OSError as error:  # no memory, too many processes
            self._failed(str(error))
            return
        self.selector.register(self.process.stderr, selectors.EVENT_READ, self)

    def _ended(self, code: int) -> None:
        assert self.process
        os.set_blocking(self.process.stderr.fileno(), False)
        with contextlib.suppress(BlockingIOError, ValueError, KeyError):
            while self.process.stderr in self.selector.get_map():
                self.pass_on()
        with contextlib.suppress(ValueError, KeyError):
            self.selector.unregister(self.process.stderr)
        self.signal(signal.SIGKILL)  # its own children: they would hold the port
        self.process.stderr.close()
        self.process = None
        if code == 0 and time.monotonic() - self.started >= SHORTEST_SECONDS:
            self.start_at = 0.0
            return
        self._failed(f"exit status {code}" if code >= 0 else signal.Signals(-code).name)

    def _failed(self, how: str) -> None:
        seconds = self.backoff.next()
        self.start_at = time.monotonic() + seconds
        self.say(
            f"{self.part.name} ended by itself ({how}). It is started again in {seconds:.0f} s.",
            f"{self.part.thai_name}หยุดทำงานเอง ({how}) จะเริ่มใหม่ใน {seconds:.0f} วินาที")
        if self.backoff.failures >= TRIES:
            self._explain()

    def _explain(self) -> None:
        words = "\n".join(self.last_words)
        english, thai = next(
            ((english, thai) for pattern, english, thai in REASONS
             if re.search(pattern, words, re.IGNORECASE)),
            ("The lines below are the last that it wrote.", "บรรทัดข้างล่างคือข้อความสุดท้ายก่อนหยุด"))
        times = self.backoff.failures
        self.say(
            f"{self.part.name} could not be started {times} times in a row. {english}",
            f"เริ่ม{self.part.thai_name}ไม่สำเร็จติดต่อกัน {times} ครั้ง {thai}",
            *(f"    {line}" for line in self.last_words))
