"""What strangers send to a hub on the open internet, bounded in number and time.

An attack is a generator function registered with ``@attack``: it gets a ``Target`` and yields the
status of each answer, or a word for what came instead of one. One that holds connections yields
``HELD`` when it has opened them, and is left waiting there until all others are through. To add an
attack, write such a function; ``tests/attack/test_the_hub_holds.py`` runs all of them.
"""

import io
import random
import socket
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import unquote, urlencode

from tests.attack.closed_content import CANARY, SHARED
from tests.attack.served import Target
from tests.lessons.privacy.half_filled_forms import forms_in

HELD = "held"
Attack = Callable[[Target], Iterator[int | str]]
ATTACKS: dict[str, Attack] = {}

PATHS = ["/", "/en/", "/search/?q=%E0%B8%9B%E0%B8%B9", "/follow-up/", "/accounts/login/",
         "/chain/broken/"]
NUMBERS = ["9" * 19, "9" * 23, "-1", "0", "1e9", "9" * 5000, "%00", "2147483648"]
FORMS = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/admin/login/",
         "/search/alert/", "/en/accounts/login/"]
TOKEN = "a" * 32
COOKIE = f"csrftoken={TOKEN}"
TOLD = "told"  # instead of the status of an answer that has a canary in it


def attack(function: Attack) -> Attack:
    ATTACKS[function.__name__] = function
    return function


def opened(target: Target, number: int, text: Callable[[int], bytes]) -> list[socket.socket]:
    """``number`` connections of which each has sent its ``text`` and goes on to be slow."""
    found = []
    for which in range(number):
        with suppress(OSError):  # the other side may close it
            connection = target.connect()
            connection.sendall(text(which))
            found.append(connection)
    return found


def answers_of(connections: list[socket.socket]) -> Iterator[int | str]:
    """What each connection got so far, closing it."""
    for connection in connections:
        connection.setblocking(False)
        try:
            data = connection.recv(64)
            yield int(data.split()[1]) if data.startswith(b"HTTP/") else "closed"
        except BlockingIOError:
            yield "still open"
        except OSError:
            yield "closed"
        finally:
            connection.close()


# Those that hold


@attack
def slow_headers(target):
    """More connections than threads, none of which finishes its headers."""
    held = opened(target, 500, lambda n: b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: " + b"a" * n)
    yield HELD
    for connection in held:
        with suppress(OSError):
            connection.sendall(b"b")
    yield from answers_of(held)


@attack
def nothing_sent(target):
    """Connections on which nothing ever comes."""
    held = opened(target, 300, lambda _n: b"")
    yield HELD
    yield from answers_of(held)


@attack
def slow_small_bodies(target):
    """Forms of which one byte comes; formerly each held a slot and the lock of the database."""
    head = (b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nCookie: " + COOKIE.encode()
            + b"\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            + b"Content-Length: 100\r\n\r\na")
    held = opened(target, 300, lambda _n: head)
    yield HELD
    yield from answers_of(held)


@attack
def slow_large_bodies(target):
    """Uploads that never go on; a process reads a limited number, the others get 503."""
    head = (b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
            b"Content-Length: 10000000\r\n\r\nabc")
    held = opened(target, 60, lambda _n: head)
    yield HELD
    yield from answers_of(held)


@attack
def waiting_for_a_hundred(target):
    """Small bodies that are announced and never come."""
    head = (b"POST /en/accounts/login/ HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            b"Content-Length: 50\r\n\r\n")
    held = opened(target, 60, lambda _n: head)
    yield HELD
    yield from answers_of(held)


@attack
def slow_readers(target):
    """Pages that are asked for and not read."""
    ask = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    held = opened(target, 60, lambda _n: ask * 5)
    yield HELD
    yield from answers_of(held)


# Those that send


def together(target, requests, most=16) -> Iterator[int | str]:
    """The statuses of ``requests``, arguments of ``Target.ask``, sent ``most`` at a time."""

    def send(arguments):
        try:
            return target.ask(**arguments)[0]
        except ConnectionError:
            return "closed"

    with ThreadPoolExecutor(most) as pool:
        yield from pool.map(send, requests)


@attack
def flood_of_pages(target):
    """Pages as fast as they come, each with other parameters that nobody reads."""
    yield from together(target, [
        {"path": f"{path}{'&' if '?' in path else '?'}x={n}"}
        for n in range(20) for path in PATHS
    ])


@attack
def flood_of_connections(target):
    """Connections that are closed at once, half of them in the middle of a request."""
    for number in range(200):
        with target.connect() as connection:
            if number % 2:
                connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab")
        yield "closed"


@attack
def hostile_numbers(target):
    """Numbers that no database keeps, in paths and parameters."""
    paths = [f"/follow-up/assembly/{n}/" for n in NUMBERS]
    paths += [f"/documents/{n}/x.pdf" for n in NUMBERS]
    paths += [f"/courses/runs/{n}/" for n in NUMBERS] + [f"/c/x/{n}/" for n in NUMBERS]
    paths += [f"/follow-up/?assembly={n}&page={n}&on={n}" for n in NUMBERS]
    paths += [f"/search/?q=x&page={n}&year={n}&topic={n}" for n in NUMBERS]
    paths += [f"/fit/?area={n}&open={n}" for n in NUMBERS]
    yield from together(target, [{"path": path} for path in paths])


@attack
def half_forms(target):
    """Forms without what their pages put into them, and with what they cannot hold."""
    bodies = [{}, {"login": "a"}, {"form-TOTAL_FORMS": "9" * 9}, {"csrfmiddlewaretoken": "x"},
              {"email": "\0", "q": "9" * 999}]
    yield from together(target, [
        {"method": "POST", "path": path, "body": urlencode(body),
         "headers": {"Content-Type": "application/x-www-form-urlencoded", "Cookie": COOKIE}}
        for path in FORMS for body in bodies
    ])


@attack
def unfit_requests(target):
    """Bodies that are too large or of no known size, and bytes that are no request."""
    too_large = {"Content-Length": str(10**12), "Content-Type": "text/plain"}
    chunked = {"Transfer-Encoding": "chunked"}
    yield from together(target, [
        {"method": "POST", "path": "/accounts/login/", "headers": too_large, "body": b""},
        {"method": "POST", "path": "/en/accounts/login/", "headers": chunked,
         "body": b"1\r\na\r\n0\r\n\r\n"},
    ])
    noise = random.Random(7)
    for text in (b"\r\n\r\n", b"GET / HTPP/1.1\r\n\r\n", b"\0" * 99 + b"\r\n\r\n",
                 b"GET /" + b"a" * 70_000, noise.randbytes(3000) + b"\r\n\r\n"):
        with target.connect(timeout=20) as connection:
            try:
                connection.sendall(text)
                data = connection.recv(64)
            except OSError:
                data = b""
            yield int(data.split()[1]) if data.startswith(b"HTTP/") else "closed"


# Those that look for what is closed


def looked_for(target, role, requests, canaries=(CANARY,)) -> Iterator[int | str]:
    """The statuses of ``requests`` sent by ``role``, or ``TOLD``."""
    for request in requests:
        status, headers, body = as_role(target, role, **request)
        told = tells(request["path"], f"{headers}{text_of(body)}", canaries)
        yield TOLD if told else status


def as_role(target, role, method="GET", path="/", body=None):
    cookie = COOKIE
    if role:
        cookie += f"; sessionid={target.closed.session[role]}"
    headers = {"Cookie": cookie, "X-CSRFToken": TOKEN}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    return target.ask(method, path, body, headers)


def text_of(body) -> str:
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return " ".join(f"{name} {text_of(archive.read(name))}" for name in archive.namelist())
    return body.decode(errors="replace")


def tells(path, text, canaries=(CANARY,)) -> bool:
    """Whether ``text`` has a canary in it, but for the address, which pages repeat."""
    text = unquote(unquote(text)).replace(unquote(path), "")
    return any(canary in text for canary in canaries)


@attack
def closed_content(target):
    """Every public address beside closed content, asked by all who may not have it."""
    readers = (CANARY, SHARED)
    for role, canaries in ((None, readers), ("member", readers), ("theirs", (CANARY,))):
        requests = [{"path": path} for path in target.closed.public]
        yield from looked_for(target, role, requests, canaries)


@attack
def closed_content_in_the_editor(target):
    """Every address of the editor with the ids of closed content."""
    addresses = target.closed.editor[::1 if target.is_thorough else 12]
    yield from looked_for(target, "theirs", [{"path": path} for path in addresses])


@attack
def forbidden_ids(target):
    """Each form of another organisation's editor, with the ids of closed content chosen in it."""
    closed = target.closed
    ids = {"wagtailcore.page": [closed.page], "hub.hubdocument": [closed.document],
           "hub.hubimage": [closed.image]}
    picture = {"body-count": ["1"], "body-0-type": ["picture"], "body-0-order": ["0"],
               "body-0-deleted": [""], "body-0-value-image": [str(closed.image)]}
    own = f"/admin/pages/{closed.own}/edit/"
    _status, _headers, page = as_role(target, "theirs", path=own)
    forms = forms_in(page.decode(), own, ids)
    assert forms, "the editor's form was not shown"
    yield from looked_for(target, "theirs", [
        {"method": "POST", "path": action, "body": urlencode(values | more, doseq=True)}
        for action, values in forms for more in ({}, {"body-count": ["0"]}, picture)
    ])
    yield from looked_for(target, "theirs", [
        {"path": own}, {"path": f"/admin/pages/{closed.own}/view_draft/"}])


@attack
def its_own_organisation(target):
    """No attack: who may have the closed content finds it at the same addresses."""
    addresses = target.closed.public + target.closed.editor[::12]
    yield from looked_for(target, "ours", [{"path": path} for path in addresses])
