"""What an answer of a mail server means, and when an e-mail is tried again."""

import random
import re
import smtplib
from dataclasses import dataclass
from datetime import timedelta
from email.errors import MessageError

from hub.models.queued_email import QueuedEmail

Problem = QueuedEmail.Problem

FIRST_DELAY = timedelta(minutes=5)  # greylisting mostly ends within it
LONGEST_DELAY = timedelta(hours=6)
FIRST_REST = timedelta(minutes=1)  # of a server that cannot be reached or refuses the sign-in
LONGEST_REST = timedelta(minutes=15)  # after it is well again, nobody waits for longer
JITTER = 0.2
RETRIED_FOR = timedelta(days=5)  # what RFC 5321, 4.5.4.1 asks of mail servers

SIGN_IN_CODES = (530, 534, 535, 538)  # RFC 4954
CLOSING, TOO_LARGE = 421, 552
ENHANCED_CODE = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")  # RFC 3463


@dataclass(frozen=True)
class Failure:
    """``error`` is the error's name and codes: what servers write repeats the address."""

    problem: str
    error: str
    is_permanent: bool = False
    is_connection_lost: bool = False


def failure_to_connect(error: Exception) -> Failure:
    """Of opening the connection, TLS and sign-in included: it concerns every e-mail."""
    is_sign_in = isinstance(error, smtplib.SMTPAuthenticationError)
    problem = Problem.SIGN_IN if is_sign_in else Problem.UNREACHABLE
    return Failure(problem, _name(error), is_connection_lost=True)


def failure_to_send(error: Exception) -> Failure:
    """Of one e-mail on an open connection."""
    code = code_of(error)
    if isinstance(error, (ValueError, TypeError, MessageError, smtplib.SMTPNotSupportedError)):
        return Failure(Problem.INVALID, _name(error), is_permanent=True)
    if code is None:
        return Failure(Problem.INTERRUPTED, _name(error), is_connection_lost=True)
    if code in SIGN_IN_CODES:
        return Failure(Problem.SIGN_IN, _name(error), is_connection_lost=True)
    if code < 500:
        return Failure(Problem.DEFERRED, _name(error), is_connection_lost=code == CLOSING)
    if isinstance(error, smtplib.SMTPSenderRefused) and code != TOO_LARGE:
        return Failure(Problem.SENDER, _name(error))  # the administrator's to mend
    return Failure(Problem.REFUSED, _name(error), is_permanent=True)


def code_of(error: Exception) -> int | None:
    """The code with which the mail server answered; None if it did not answer."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((code for code, _said in error.recipients.values()), None)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None


def delay(tries: int) -> timedelta:
    """How long an e-mail waits after its ``tries``-th try."""
    return _doubled(FIRST_DELAY, tries, LONGEST_DELAY)


def rest(tries: int) -> timedelta:
    """How long a server that failed as a whole is left alone after ``tries`` tries."""
    return _doubled(FIRST_REST, tries, LONGEST_REST)


def _doubled(first: timedelta, tries: int, longest: timedelta) -> timedelta:
    exact = min(first * 2 ** min(max(tries, 1) - 1, 20), longest)
    return exact * random.uniform(1 - JITTER, 1 + JITTER)


def _name(error: Exception) -> str:
    said = getattr(error, "smtp_error", b"")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = next((said for _code, said in error.recipients.values()), b"")
    if isinstance(said, bytes):
        said = said.decode("ascii", "replace")
    found = ENHANCED_CODE.search(said)
    parts = [type(error).__name__, str(code_of(error) or ""), found[0] if found else ""]
    return " ".join(filter(None, parts))[:100]
