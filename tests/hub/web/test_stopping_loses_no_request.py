"""A server that is told to stop answers what it has accepted and what waits in the backlog."""

import os
import re
import signal
import socket
import time
from pathlib import Path

import pytest

from tests.attack.served import HOST, gunicorn

pytestmark = pytest.mark.processes
QUEUED = 30


def children_of(pid) -> list[int]:
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def posted(port, number) -> socket.socket:
    body = f"form {number}".encode()
    connection = socket.create_connection((HOST, port), timeout=30)
    connection.sendall(
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
    return connection


def answer_on(connection) -> bytes:
    data = b""
    try:
        while more := connection.recv(4096):
            data += more
    except OSError as error:
        return repr(error).encode()
    finally:
        connection.close()
    return data


@pytest.fixture
def server(tmp_path):
    with gunicorn("tests.hub.web.echo", tmp_path, WEB_CONCURRENCY="1") as (process, target):
        yield process, target.port


def test_queued_requests_are_answered(server):
    process, port = server
    [worker] = children_of(process.pid)
    os.kill(worker, signal.SIGSTOP)  # from now on the kernel alone accepts
    waiting = [posted(port, number) for number in range(QUEUED)]
    idle = socket.create_connection((HOST, port))
    process.terminate()
    while not has_pending(worker, signal.SIGTERM):  # the arbiter passes it on
        time.sleep(0.05)
    os.kill(worker, signal.SIGCONT)
    answers = [answer_on(connection) for connection in waiting]
    for number, data in enumerate(answers):
        assert data.startswith(b"HTTP/1.1 200"), data
        assert data.endswith(f"form {number}".encode())
        assert b"Connection: close" in data
    assert process.wait(20) == 0
    assert idle.recv(1) == b"", "who sends nothing is not waited for"
    idle.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, port), timeout=5)


def has_pending(pid, number) -> bool:
    """Whether a signal waits for a process that is stopped."""
    found = re.search(r"^ShdPnd:\s*(\w+)", Path(f"/proc/{pid}/status").read_text(), re.M)
    return bool(int(found[1], 16) >> (number - 1) & 1)


def test_a_stopping_server_ends_though_a_client_is_slow(server):
    process, port = server
    slow = socket.create_connection((HOST, port))
    slow.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\nabc")
    quick = posted(port, 1)
    process.terminate()
    assert answer_on(quick).endswith(b"form 1")
    process.wait(30)
    slow.close()


def test_requests_of_one_connection_are_answered_in_order(server):
    """Also where several come in one piece, or one in many."""
    _process, port = server
    connection = socket.create_connection((HOST, port), timeout=30)
    ask = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n%b"
    text = b"".join(ask % b"%02d" % n for n in range(5))
    connection.sendall(text[:70])
    for start in range(70, len(text), 7):
        connection.sendall(text[start:start + 7])
    data = b""
    while data.count(b"HTTP/1.1 200") < 5 or not data.endswith(b"04"):
        more = connection.recv(4096)
        assert more, data
        data += more
    bodies = [part.rpartition(b"\r\n\r\n")[2] for part in data.split(b"HTTP/1.1 200")[1:]]
    assert bodies == [b"%02d" % n for n in range(5)]
    connection.close()
