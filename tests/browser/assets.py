"""JavaScript that only the tests use, installed by npm from ``package.json`` into a folder git ignores.

Used by the fixture ``npm`` of ``conftest.py``; knows nothing of pytest. An install is kept under the hash of
``package-lock.json`` and used again until that changes. The lock names no registry: npm asks the one it is
configured with, and the hashes in the lock hold for all of them.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE / ".cache"
INSTALL_TIMEOUT = 600
"""Seconds npm may take."""

# What is optional is for Node: a browser needs none of it.
_OPTIONS = (
    "--ignore-scripts",
    "--omit=optional",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    "--fetch-retries=5",
    "--loglevel=error",
)


class AssetsError(Exception):
    """The packages could not be installed; the message says why."""


def node_modules() -> Path:
    """Give the folder of the installed packages; install them if they are not there.

    :raises AssetsError: If npm is missing, or fails.
    """
    lock = HERE / "package-lock.json"
    ready = CACHE / hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    if not ready.is_dir():
        _install(ready)
    return ready / "node_modules"


def _install(target: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise AssetsError("npm is not installed")
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        made = Path(scratch, "made")
        made.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, made)
        try:
            subprocess.run(
                [npm, "ci", *_OPTIONS],
                cwd=made,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=True,
                timeout=INSTALL_TIMEOUT,
            )
        except subprocess.TimeoutExpired as error:
            raise AssetsError(f"npm took more than {INSTALL_TIMEOUT} seconds") from error
        except subprocess.CalledProcessError as error:
            said = " ".join(error.stdout.split())
            raise AssetsError(f"npm ci failed: {said[:300]}") from error
        # Another run may have been faster; its install is as good.
        if not target.is_dir():
            made.rename(target)
