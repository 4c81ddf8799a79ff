"""A process forked from this one, with its standard error in a pipe."""

import contextlib
import ctypes
import os
import selectors
import signal
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15  # of sys/prctl.h


class Forked:
    """The process; the names are those of ``subprocess.Popen``.

    ``main`` is called there with ``command`` as ``sys.argv``, in a session of its own; an
    exception ends it as it ends a program. ``selector`` is this process's own, with the pipes of
    other processes, and is closed in the new one. The kernel ends it when this process is killed.
    This process must have no other thread and no open database connection. Raises OSError when no
    process can be made.
    """

    def __init__(
        self, main: Callable[[], object], command: Sequence[str],
        selector: selectors.BaseSelector,
    ) -> None:
        self.returncode: int | None = None  # minus the signal's number when a signal ended it
        read, write = os.pipe()
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            self.pid = os.fork()
        except OSError:
            os.close(read)
            os.close(write)
            raise
        if self.pid == 0:
            _run(main, command, selector, parent, read, write)
        os.close(write)
        self.stderr = os.fdopen(read, "rb", buffering=0)

    def poll(self) -> int | None:
        """``returncode``, None while the process runs."""
        return self._look(os.WNOHANG)

    def wait(self) -> int | None:
        """Wait for the end; ``returncode``."""
        return self._look(0)

    def _look(self, options: int) -> int | None:
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, options)
            except ChildProcessError:  # somebody else has waited for it
                self.returncode = 1
            else:
                if pid:
                    self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def _run(
    main: Callable[[], object], command: Sequence[str], selector: selectors.BaseSelector,
    parent: int, read: int, write: int,
) -> NoReturn:
    """Be the new process; never returns into the frames of the old one."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        _end_with(parent, command)
        os.dup2(write, sys.__stderr__.fileno() if sys.__stderr__ else 2)
        for key in list(selector.get_map().values()):
            os.close(key.fd)
        selector.close()
        os.close(read)
        os.close(write)
        sys.argv[:] = command
        main()
        code = 0
    except SystemExit as ended:
        code = _code_of(ended)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _code_of(ended: SystemExit) -> int:
    """The exit status that Python gives a program; anything but a number is its last words."""
    if ended.code is None or isinstance(ended.code, int):
        return (ended.code or 0) & 0xFF
    print(ended.code, file=sys.stderr)
    return 1


def _end_with(parent: int, command: Sequence[str]) -> None:
    """Have the kernel end this process when ``parent`` is killed, and name it for ``top``."""
    name = next((word for word in command if word != "manage.py"), "")
    with contextlib.suppress(OSError, AttributeError):  # Linux only
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        libc.prctl(PR_SET_NAME, f"hub {name}".encode())  # the kernel keeps 15 bytes
    if os.getppid() != parent:
        os._exit(1)
