"""A gunicorn, a Chromium, and pages in it that live on ``https://pro.openbb.co`` and ``https://evil.example``.

Nothing here outlives its scope, and every wait ends: a request after 20 seconds, a start after 60, a stop
after 10. Chromium belongs to the package, not to the session: Playwright keeps an event loop running in the
main thread, in which no other test could drive an async view.
"""

from __future__ import annotations

import base64
import dataclasses
import functools
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from rates_stub import RatesStub
from servers import Certificate, Gunicorn

from flask_openbb.web.certificates import write_certificate

from .assets import AssetsError, node_modules
from .servers import Pages

WORKSPACE = "https://pro.openbb.co"
EVIL = "https://evil.example"
KEY = "key-of-the-browser-tests"

START_TIMEOUT = 30_000  # ms, for Chromium
PAGE_TIMEOUT = 20_000  # ms, for loading a page
expect.set_options(timeout=PAGE_TIMEOUT)


@pytest.fixture
def gunicorn(tmp_path: Path) -> Iterator[Callable[..., Gunicorn]]:
    """Start servers: ``gunicorn("package:create_app()", env={...}, certificate=..., options=[...])``."""
    servers: list[Gunicorn] = []

    def start(target: str, **arguments: Any) -> Gunicorn:
        directory = tmp_path / f"gunicorn{len(servers)}"
        directory.mkdir()
        servers.append(Gunicorn(target, directory, **arguments))
        servers[-1].wait()
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What the example is started with: a key, a source of exchange rates, and a database of its own."""
    with RatesStub().running() as stub:
        yield {"OPENBB_API_KEYS": KEY, "RATES_URL": stub.url, "DATABASE": str(tmp_path / "clients.sqlite")}


@pytest.fixture(scope="package")
def localhost_certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """What ``flask openbb cert`` writes."""
    return write_certificate(tmp_path_factory.mktemp("localhost"))


@pytest.fixture(scope="package")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Pages, Certificate]]:
    """The server of the static page, and the certificate it shows for both hosts."""
    certificate = write_certificate(tmp_path_factory.mktemp("pages"), hosts=["pro.openbb.co", "evil.example"], days=2)
    with Pages(certificate).running() as server:
        yield server, certificate


@pytest.fixture(scope="package")
def chromium(localhost_certificate: Certificate, pages: tuple[Pages, Certificate]) -> Iterator[Browser]:
    """The system's Chromium, headless, with no way to any host but this one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    executable = next(filter(None, map(shutil.which, names)), None)
    if executable is None:
        _lack(f"none of {', '.join(names)} is installed")
    server, certificate = pages
    page_server = f"127.0.0.1:{server.server_port}"
    hosts = [f"MAP {host} {page_server}" for host in ("pro.openbb.co", "*evil.example")]
    trusted = [_public_key_hash(certificate), _public_key_hash(localhost_certificate)]
    arguments = [
        "--disable-gpu",
        "--disable-quic",
        f"--host-resolver-rules={', '.join(hosts)}, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
        # Only these two certificates, where --ignore-certificate-errors would accept every mistake of ours.
        f"--ignore-certificate-errors-spki-list={','.join(trusted)}",
        # Without this the page would count as local, as it comes from 127.0.0.1, and Chromium would not apply
        # to it what it applies to Workspace: a public page needs the user's permission to call loopback.
        f"--ip-address-space-overrides={page_server}=public",
    ]
    with sync_playwright() as playwright:
        # Playwright adds --headless, --no-sandbox (containers forbid the sandbox) and a profile of its own.
        browser = playwright.chromium.launch(executable_path=executable, args=arguments, timeout=START_TIMEOUT)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def npm(pages: tuple[Pages, Certificate]) -> Path:
    """The packages that widgets are drawn with, in Workspace's versions; pages find them under ``/npm/``."""
    try:
        pages[0].npm = node_modules()
    except AssetsError as error:
        _lack(f"the packages that Workspace draws with are needed: {error}")
    return pages[0].npm


@pytest.fixture(scope="package")
def ag_grid(npm: Path) -> Path:
    """The script of AG Grid Community, in the version that Workspace draws its tables with."""
    return npm / "ag-grid-community" / "dist" / "ag-grid-community.min.js"


def _lack(what: str) -> NoReturn:
    """Skip a test whose tools are missing; in CI, where they must not be, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def _public_key_hash(certificate: Certificate) -> str:
    key = x509.load_pem_x509_certificate(certificate[0].read_bytes()).public_key()
    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    return base64.b64encode(digest).decode()


@dataclasses.dataclass(frozen=True)
class WorkspacePage:
    """A page with ``workspace.js`` in it; its methods return outcomes, as that file describes them."""

    page: Page
    errors: list[str]
    """What Chromium wrote to the page's console as errors: there it says why it refused."""

    def connect(self, base: str, headers: dict[str, str] | None = None) -> dict[str, dict[str, Any]]:
        """Read the manifests and return the outcomes ``widgets`` and ``apps``."""
        return self.page.evaluate("([base, headers]) => workspace.connect(base, headers)", [base, headers or {}])

    def fetch_widget(self, widget: str, **params: Any) -> dict[str, Any]:
        """Fetch a connected widget with its initial params, or with *params* in their place."""
        return self.page.evaluate("([id, params]) => workspace.fetchWidget(id, params)", [widget, params])

    def fetch_options(self, widget: str) -> dict[str, dict[str, Any]]:
        """Fetch the choices of a connected widget's params and return an outcome for each."""
        return self.page.evaluate("id => workspace.fetchOptions(id)", widget)

    def request(self, url: str, **init: Any) -> dict[str, Any]:
        """Fetch any URL, with the options of JavaScript's ``fetch``."""
        return self.page.evaluate("([url, init]) => request(url, init)", [url, init])

    def refusals(self, count: int) -> list[str]:
        """Wait until Chromium has given its reason for *count* refusals, and return all reasons given."""
        while len(reasons := [text for text in self.errors if "blocked by CORS policy" in text]) < count:
            self.page.wait_for_event("console", timeout=PAGE_TIMEOUT)
        return reasons


def _open_page(
    chromium: Browser, contexts: list[BrowserContext], origin: str, *, path: str = "/", allow_local: bool = True
) -> WorkspacePage:
    context = chromium.new_context()
    contexts.append(context)
    if allow_local:
        context.grant_permissions(["local-network-access"], origin=origin)
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.goto(f"{origin}{path}", timeout=PAGE_TIMEOUT)
    return WorkspacePage(page, errors)


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., WorkspacePage]]:
    """Open pages: ``visit(origin)``; each has its own cookies, cache and permissions.

    ``allow_local=True`` stands for the user's click on the prompt with which Chromium, since version 142,
    asks whether a public page may call this machine; a headless browser cannot show it and answers no.
    """
    contexts: list[BrowserContext] = []
    yield functools.partial(_open_page, chromium, contexts)
    for context in contexts:
        context.close()


@dataclasses.dataclass(frozen=True)
class Board(WorkspacePage):
    """A page with ``drawing.js`` in it: it draws one widget of the connected backend at a time."""

    complaints: list[str]
    """What went wrong in the page: warnings and errors of its console, and what was thrown."""

    def draw(self, widget: str, theme: str = "dark", *, names: list[str] | None = None) -> dict[str, Any]:
        """Draw a widget, or the files of these *names*, and tell what the library made of it."""
        self.complaints.clear()
        self.page.evaluate("theme => wipe(theme)", theme)
        drawn = self.page.evaluate("([id, names]) => draw(id, names ?? undefined)", [widget, names])
        return {**drawn, "widget": widget, "theme": theme}

    def look(self, drawn: dict[str, Any]) -> dict[str, Any]:
        """Tell what colours are on the screen; keeps a screenshot where ``SCREENSHOTS`` names a folder."""
        folder = os.environ.get("SCREENSHOTS")
        name = f"{drawn['widget']}-{drawn['theme']}.png"
        picture = self.page.locator("#card").screenshot(path=Path(folder, name) if folder else None)
        return self.page.evaluate("png => pixels(png)", base64.b64encode(picture).decode())

    def raw(self, widget: str) -> Any:
        """Fetch the rows behind a chart, as its table view does."""
        return self.page.evaluate("id => rawRows(id)", widget)


def _open_board(chromium: Browser, contexts: list[BrowserContext]) -> Board:
    opened = _open_page(chromium, contexts, WORKSPACE, path="/drawing.html")
    found: list[str] = []
    opened.page.on("console", lambda said: said.type in {"warning", "error"} and found.append(said.text))
    opened.page.on("pageerror", lambda error: found.append(str(error)))
    return Board(opened.page, opened.errors, found)


@pytest.fixture
def open_board(chromium: Browser, npm: Path) -> Iterator[Callable[[], Board]]:
    """Open a page that draws, to be connected: ``open_board()``."""
    contexts: list[BrowserContext] = []
    yield functools.partial(_open_board, chromium, contexts)
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def board(chromium: Browser, npm: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """One page, and one backend, for all drawings: the libraries are large."""
    server = Gunicorn("drawings:create_app()", tmp_path_factory.mktemp("drawings"))
    contexts: list[BrowserContext] = []
    try:
        server.wait()
        opened = _open_board(chromium, contexts)
        assert opened.connect(server.url)["widgets"].get("status") == 200, server.error_log.read_text()
        yield opened
    finally:
        for context in contexts:
            context.close()
        server.stop()


@pytest.fixture
def workspace_page(visit: Callable[..., WorkspacePage]) -> WorkspacePage:
    """A page on Workspace's own origin."""
    return visit(WORKSPACE)


@pytest.fixture
def evil_page(visit: Callable[..., WorkspacePage]) -> WorkspacePage:
    """A page on an origin no backend allows."""
    return visit(EVIL)
