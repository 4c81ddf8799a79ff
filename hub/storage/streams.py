"""Joins what writes to a file with what reads from one, when neither can wait for the whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any, BinaryIO

BUFFER_BYTES = 2**20


class Interrupted(Exception):
    """Who writes has given up: what was read so far is not the whole."""


class _Source:
    """The reading end: its end is the end of the whole, or an exception."""

    def __init__(self, descriptor: int) -> None:
        self.file = os.fdopen(descriptor, "rb", BUFFER_BYTES)
        self.interrupted = False

    def read(self, number: int = -1) -> bytes:
        content = self.file.read(number)
        if self.interrupted:
            raise Interrupted
        return content


@contextmanager
def fed(consume: Callable[[Any], None]) -> Iterator[BinaryIO]:
    """A file to write to. ``consume`` gets one to read from, in a thread of its own.

    When the block raises, ``consume`` finds ``Interrupted`` where it reads, and has ended when this
    does. What ``consume`` raises is raised here.
    """
    reading, writing = os.pipe()
    source, sink = _Source(reading), os.fdopen(writing, "wb", BUFFER_BYTES)
    failed: list[BaseException] = []

    def run() -> None:
        try:
            consume(source)
        except BaseException as error:
            failed.append(error)
        finally:
            source.file.close()

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        yield sink
        sink.flush()
    except BaseException as error:
        first = [*failed]  # it was the cause, if it was there before
        source.interrupted = True
        with suppress(OSError):
            sink.close()
        thread.join()
        if first and isinstance(error, OSError):
            raise first[0] from error
        raise
    with suppress(BrokenPipeError):
        sink.close()
    thread.join()
    if failed:
        raise failed[0]


class _Produced:
    """The reading end of what a thread writes: its errors are raised where it is read."""

    def __init__(self, descriptor: int, failed: list[BaseException]) -> None:
        self.file, self.failed = os.fdopen(descriptor, "rb", BUFFER_BYTES), failed

    def read(self, number: int = -1) -> bytes:
        content = self.file.read(number)
        if (not content or len(content) < number) and self.failed:
            raise self.failed[0]
        return content


@contextmanager
def produced(produce: Callable[[Any], None]) -> Iterator[Any]:
    """A file to read from (``read`` alone). ``produce`` gets one to write to, in a thread.

    What ``produce`` raises is raised where its content ends. Who leaves the block early stops it.
    """
    reading, writing = os.pipe()
    failed: list[BaseException] = []
    source, sink = _Produced(reading, failed), os.fdopen(writing, "wb", BUFFER_BYTES)

    def run() -> None:
        try:
            produce(sink)
            sink.flush()
        except BaseException as error:
            failed.append(error)
        finally:
            with suppress(OSError):
                sink.close()

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        yield source
    finally:
        source.file.close()
        thread.join()
