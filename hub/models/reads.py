"""What was read while something was made, and whether the same would be read now.

A page is made of answers of the database. Each question is noted with a digest of its answer, so
after a change somewhere the questions are asked again, which costs a part of making the page, and
the page is made anew only where an answer differs. Nobody has to list what a page depends on.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any

from django.db import connection

DIGEST_BYTES = 16
LOOKS = ("SELECT", "WITH", "(SELECT")  # how SQL begins that changes nothing


class Read:
    """Something that was read; it remembers the last generation in which it was still so."""

    __slots__ = ("_held_at",)

    def __init__(self) -> None:
        self._held_at = ""

    def still_holds(self, generation: str) -> bool:
        """Whether the same would be read at ``generation`` of the change log."""
        if self._held_at != generation:
            if not self._is_still_so(generation):
                return False
            self._held_at = generation
        return True

    def _is_still_so(self, generation: str) -> bool:
        raise NotImplementedError


class Question(Read):
    """SQL with its parameters, and a digest of the rows that were taken of its answer."""

    __slots__ = ("_digest", "_is_whole", "_parameters", "_rows", "_sql")

    def __init__(self, sql: str, parameters: Any) -> None:
        super().__init__()
        self._sql = sys.intern(sql)  # the same for many pages
        self._parameters = parameters
        self._digest: Any = hashlib.blake2b(digest_size=DIGEST_BYTES)
        self._rows, self._is_whole = 0, False

    def note(self, row: Any) -> None:
        self._digest.update(repr(row).encode("utf-8", "surrogatepass"))
        self._rows += 1

    def note_end(self) -> None:
        self._is_whole = True

    def _is_still_so(self, generation: str) -> bool:
        now = Question(self._sql, self._parameters)
        most = self._rows + self._is_whole
        with unnoted(), connection.cursor() as cursor:
            cursor.execute(self._sql, self._parameters)
            for row in cursor.fetchmany(most) if most else ():
                now.note(row)
        return now._rows == self._rows and now._digest.digest() == self._digest.digest()


class Asked(Read):
    """A question to something else than the database: a function with its arguments."""

    __slots__ = ("_answer", "_arguments", "_function")

    def __init__(self, function: Callable[..., Any], arguments: Any, answer: Any) -> None:
        super().__init__()
        self._function, self._arguments, self._answer = function, arguments, answer

    def _is_still_so(self, generation: str) -> bool:
        with unnoted():
            return bool(self._function(*self._arguments) == self._answer)


class Reads(Read):
    """All that was read while one thing was made.

    ``within`` are the reads of what it is a part of, of which it may know all until now.
    """

    def __init__(self, within: Reads | None = None) -> None:
        super().__init__()
        self._noted: list[Read] = []
        self._within = within
        self._known = len(within._noted) if within else 0
        self._is_repeatable = True

    @property
    def is_alone(self) -> bool:
        """Whether it is of no whole whose reads are noted."""
        return self._within is None

    def note(self, read: Read) -> None:
        self._noted.append(read)

    def note_change(self) -> None:
        """Something was written; that is not done again in order to compare."""
        self._is_repeatable = False

    def _is_still_so(self, generation: str) -> bool:
        return self._is_repeatable and _all_hold(self._noted, generation)

    def would_be_made_again(self, generation: str) -> bool:
        """As ``still_holds``, for what had been read in the same request before it as well.

        Whoever keeps it to show it in another asks this: it may be made of that, too.
        """
        return self.still_holds(generation) and self._around_holds(generation)

    def _around_holds(self, generation: str) -> bool:
        whole = self._within
        return whole is None or (
            whole._is_repeatable
            and _all_hold(whole._noted[: self._known], generation)
            and whole._around_holds(generation)
        )


def _all_hold(noted: list[Read], generation: str) -> bool:
    return all(read.still_holds(generation) for read in noted)


_current: ContextVar[Reads | None] = ContextVar("reads", default=None)


@contextmanager
def noted() -> Iterator[Reads]:
    """Note what is read meanwhile in this thread."""
    reads = Reads(within=_current.get())
    token = _current.set(reads)
    is_watched = _note in connection.execute_wrappers
    try:
        with nullcontext() if is_watched else connection.execute_wrapper(_note):
            yield reads
    finally:
        _current.reset(token)


@contextmanager
def noted_part() -> Iterator[Reads]:
    """As ``noted``, for a part that may know whatever was read before it. Where nobody noted that,
    the part is not known to be made again the same."""
    with noted() as reads:
        if reads.is_alone:
            reads.note_change()
        yield reads


@contextmanager
def unnoted() -> Iterator[None]:
    """What is read meanwhile says nothing of what is being made."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


def note(reads: Reads) -> None:
    """What is being made has a part that was made of ``reads``."""
    if whole := _current.get():
        whole.note(reads)


def ask(function: Callable[..., Any], *arguments: Any) -> Any:
    """The answer of ``function``, noted like an answer of the database: it is asked again with the
    same arguments after a change."""
    with unnoted():
        answer = function(*arguments)
    if whole := _current.get():
        whole.note(Asked(function, arguments, answer))
    return answer


def _note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """Around each execution of SQL: a wrapper of Django's ``connection.execute_wrapper``."""
    reads = _current.get()
    cursor = context["cursor"]
    if isinstance(cursor.cursor, _NotingCursor):
        cursor.cursor = cursor.cursor.__wrapped__
    result = execute(sql, params, many, context)
    if reads is not None:
        if many or not sql.lstrip().upper().startswith(LOOKS):
            reads.note_change()
        else:
            question = Question(sql, params)
            reads.note(question)
            cursor.cursor = _NotingCursor(cursor.cursor, question)
    return result


class _NotingCursor:
    """A cursor of the database's own library that notes the rows which are taken."""

    def __init__(self, cursor: Any, question: Question) -> None:
        self.__wrapped__, self._question = cursor, question

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__wrapped__, name)

    def _take(self, rows: Any) -> Any:
        for row in rows:
            self._question.note(row)
        return rows

    def __iter__(self) -> Iterator[Any]:
        for row in self.__wrapped__:
            self._question.note(row)
            yield row
        self._question.note_end()

    def fetchone(self) -> Any:
        row = self.__wrapped__.fetchone()
        if row is None:
            self._question.note_end()
        else:
            self._question.note(row)
        return row

    def fetchmany(self, *arguments: Any, **options: Any) -> Any:
        rows = self._take(self.__wrapped__.fetchmany(*arguments, **options))
        if not rows:
            self._question.note_end()
        return rows

    def fetchall(self) -> Any:
        rows = self._take(self.__wrapped__.fetchall())
        self._question.note_end()
        return rows
