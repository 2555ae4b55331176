"""A real gunicorn for tests, on a loopback port that the system chose. Knows nothing of pytest."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

BOOT_TIMEOUT = 60
"""Seconds from the start of gunicorn to its first answer."""
STOP_TIMEOUT = 10
"""Seconds a terminated gunicorn has to finish before it is killed."""

ACCESS_FORMAT = "%(m)s %(U)s %({origin}i)s %(s)s"
Certificate = tuple[Path, Path]


class Gunicorn:
    """One gunicorn master and its workers, answering at :attr:`url` until :meth:`stop`.

    :param target: What to serve, as gunicorn takes it: ``"package:create_app()"``.
    :param directory: An empty directory for its logs, working directory and home.
    :param env: Environment variables added to the test run's own, from which ``OPENBB_*``, ``FLASK_*`` and
        gunicorn's are taken out.
    :param certificate: Certificate and key: HTTPS on ``localhost`` instead of HTTP on ``127.0.0.1``.
    :param options: More command line options.
    """

    def __init__(
        self,
        target: str,
        directory: Path,
        *,
        env: Mapping[str, str] | None = None,
        certificate: Certificate | None = None,
        options: Sequence[str] = (),
    ) -> None:
        self._access_log = directory / "access.log"
        self.error_log = directory / "error.log"
        """Path of what gunicorn and the app wrote to their logs, stdout and stderr."""
        # The socket is bound here and handed down: no other process can take the port in between, and a
        # connection made before the workers are up waits for them.
        with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
            self.port: int = listener.getsockname()[1]
            command = [sys.executable, "-m", "gunicorn", f"--bind=fd://{listener.fileno()}"]
            command += [f"--access-logfile={self._access_log}", f"--access-logformat={ACCESS_FORMAT}"]
            command += ["--graceful-timeout=2", "--threads=4", *options]
            if certificate:
                command += [f"--certfile={certificate[0]}", f"--keyfile={certificate[1]}"]
            with self.error_log.open("wb") as log:
                self._process = subprocess.Popen(
                    [*command, target],
                    cwd=directory,
                    env=_environment(directory, env or {}),
                    pass_fds=[listener.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        self._certificate = certificate
        self.url = f"https://localhost:{self.port}" if certificate else f"http://127.0.0.1:{self.port}"
        """Base URL, without a trailing slash."""

    def wait(self) -> None:
        """Return when the first request is answered, with any status.

        :raises RuntimeError: If none is within a minute; the message holds the log.
        """
        try:
            with contextlib.closing(self.connect()) as connection:
                connection.request("GET", "/")
                connection.getresponse().read()
        except (OSError, http.client.HTTPException) as error:
            self.stop()
            raise RuntimeError(f"gunicorn did not answer ({error!r}):\n{self.error_log.read_text()}") from error

    def connect(self) -> http.client.HTTPConnection:
        """Open a connection to be closed by the caller; over HTTPS its certificate is verified."""
        if not self._certificate:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=BOOT_TIMEOUT)
        context = ssl.create_default_context(cafile=str(self._certificate[0]))
        return http.client.HTTPSConnection("localhost", self.port, timeout=BOOT_TIMEOUT, context=context)

    def stop(self) -> None:
        """Terminate gunicorn, and kill what is left of it after ten seconds; harmless a second time."""
        if self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            # The session began with the master, so its workers are in its process group.
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(STOP_TIMEOUT)

    def logged(self, line: str) -> bool:
        """Whether an answer is in the access log by now."""
        return line in self._access_log.read_text().splitlines()

    def requests(self) -> list[str]:
        """Stop, and say what was asked: ``"METHOD /path origin status"`` a request, in order of answering.

        Stopped first because a request is logged after its answer was sent, perhaps after the client read it.
        """
        self.stop()
        return self._access_log.read_text().splitlines()


def _environment(home: Path, extra: Mapping[str, str]) -> dict[str, str]:
    prefixes = ("OPENBB_", "FLASK_", "GUNICORN_")
    # Without the runtime directory gunicorn keeps its control socket under the home given here.
    names = {"VALID_API_KEYS", "WEB_CONCURRENCY", "XDG_RUNTIME_DIR"}
    own = {name: value for name, value in os.environ.items() if not name.startswith(prefixes) and name not in names}
    path = [own["PYTHONPATH"]] if "PYTHONPATH" in own else []
    return own | {
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join([*path, str(ROOT), str(HERE), str(HERE / "browser")]),
        **extra,
    }


def wait_until(done: Callable[[], object]) -> bool:
    """Ask until something is so, for a minute at least; whether it is."""
    return any(done() or time.sleep(0.05) for _ in range(1_200))
