"""gunicorn and uvicorn, each in a process of its own on a loopback port the system chose.

Used by ``http``: a server listens when :func:`serving` enters and is gone when it leaves.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

BOOT_SECONDS = 60
STOP_SECONDS = 10

_GUNICORN = (
    "gunicorn",
    "--bind=127.0.0.1:{port}",
    "--workers=1",
    "--worker-class=gthread",
    "--threads={threads}",
    "--keep-alive=60",
    "--log-level=error",
)
_UVICORN = ("uvicorn", "--host=127.0.0.1", "--port={port}", "--no-access-log", "--log-level=error")
COMMANDS = {
    "bare": (*_GUNICORN, "benchmarks.bare:create_app()"),
    "ours": (*_GUNICORN, "benchmarks.ours:create_app()"),
    "many": (*_GUNICORN, "benchmarks.ours:many_widgets()"),
    # In a thread, glibc's allocator keeps more and more of what was freed, in a bare view as in ours.
    "memory": (*_GUNICORN, "--worker-class=sync", "benchmarks.memory:create_app()"),
    "peer": (
        "uvicorn",
        "--host=127.0.0.1",
        "--port={port}",
        "--no-access-log",
        "--log-level=error",
        "benchmarks.peer:app",
    ),
}
"""What each server runs, as ``python -m`` takes it."""

# Settings and keys of the machine must not change what is measured.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("OPENBB_", "FLASK_"))}


class ServerError(Exception):
    """A server that did not start."""


@dataclass(frozen=True)
class Server:
    """A server that listens."""

    name: str
    port: int
    pid: int

    @property
    def url(self) -> str:
        """Its base URL, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, headers: dict[str, str]) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Ask once: status, headers, body."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=BOOT_SECONDS)) as asking:
            asking.request("GET", path, headers=headers)
            answer = asking.getresponse()
            return answer.status, answer.headers, answer.read()

    def memory(self) -> float:
        """Resident megabytes of the server and its workers; Linux only."""
        pages = sum(int(_proc(pid, "statm").split()[1]) for pid in self._processes())
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def cpu(self) -> float:
        """Seconds of processor time the server and its workers have used; Linux only."""
        # What follows the command's name, which ends in the last parenthesis: user and system ticks are 12th and 13th.
        fields = [_proc(pid, "stat").rpartition(")")[2].split() for pid in self._processes()]
        return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")

    def _processes(self) -> list[str]:
        return [str(self.pid), *_proc(self.pid, f"task/{self.pid}/children").split()]


@contextlib.contextmanager
def serving(name: str, *, threads: int) -> Iterator[Server]:
    """Serve one of :data:`COMMANDS`.

    :param threads: Of gunicorn's one worker.
    """
    port = _free_port()
    command = [part.format(port=port, threads=threads) for part in COMMANDS[name]]
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        server = Server(name, port, process.pid)
        _wait(server, process)
        yield server
    finally:
        _stop(process)


def _free_port() -> int:
    # Not a listening socket handed down: uvicorn takes that for a Unix socket and leaves TCP_NODELAY off, which
    # makes each of its answers wait 40 ms for an acknowledgement.
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + BOOT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            server.ask("/hello", {})
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        else:
            return
    raise ServerError(
        f"The server {server.name!r} did not start; what it said is above. 'pip install --group bench' brings "
        "FastAPI and uvicorn, 'pip install .[gunicorn]' gunicorn."
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        # The session began with this process, so its workers are in its process group.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _proc(pid: int | str, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text()
