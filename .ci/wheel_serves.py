"""Show that the wheel alone is a working package: its files are all there, and gunicorn serves an app with it.

Usage: ``wheel_serves.py WHEEL CHECKOUT``, with the Python of a virtualenv that holds the wheel and gunicorn and
nothing else of ours, in an empty directory outside the checkout.
"""

import json
import os
import socket
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

APP = '''
from flask import Flask
from flask_openbb import OpenBB

app = Flask(__name__)
openbb = OpenBB(app)

@app.get("/hello")
@openbb.markdown(name="Hello")
def hello(name: str = "nobody"):
    """Greet whoever is named."""
    return f"# Hello {name}"
'''
TIMEOUT = 60  # seconds, for a start or an answer


def check_files(wheel: Path, checkout: Path) -> None:
    """Compare the package in the wheel with the one in the checkout, file by file."""
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = (checkout / "flask_openbb").rglob("*")
    expected = {
        path.relative_to(checkout).as_posix() for path in files if path.is_file() and "__pycache__" not in path.parts
    }
    if packed != expected:
        sys.exit(f"Not in the wheel: {sorted(expected - packed)}. Only there: {sorted(packed - expected)}.")
    print(f"the wheel holds the package's {len(packed)} files")


def check_origin(checkout: Path) -> None:
    """Make sure that what is imported is the wheel, not the checkout."""
    import flask_openbb  # noqa: PLC0415

    found = Path(str(flask_openbb.__file__)).resolve()
    if found.is_relative_to(checkout.resolve()) or not found.is_relative_to(Path(sys.prefix).resolve()):
        sys.exit(f"flask_openbb was imported from {found}, not from the wheel.")


def get(url: str) -> object:
    """Fetch JSON that must be answered with 200."""
    with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310 -- our own http URL
        if answer.status != 200:
            sys.exit(f"{url} answered {answer.status}.")
        return json.load(answer)


def check_answers(base: str) -> None:
    """Read the manifest, then the one widget at the endpoint that it names."""
    manifest = get(f"{base}/widgets.json")
    widget = manifest["hello"]
    found = {key: widget.get(key) for key in ("name", "description", "type", "endpoint")}
    endpoint = found.pop("endpoint").strip("/")
    if list(manifest) != ["hello"] or found != {
        "name": "Hello",
        "description": "Greet whoever is named.",
        "type": "markdown",
    }:
        sys.exit(f"Not the manifest of the app: {manifest}")
    body = get(f"{base}/{endpoint}?name=wheel")
    if body != "# Hello wheel":
        sys.exit(f"Not the answer of the widget: {body!r}")
    print(f"gunicorn served {base}/widgets.json and /{endpoint}: {body!r}")


def main() -> None:
    """Check the files, serve the app, stop gunicorn whatever happened."""
    wheel, checkout = map(Path, sys.argv[1:])
    check_files(wheel, checkout)
    check_origin(checkout)
    Path("app.py").write_text(APP, encoding="utf-8")
    # Bound here and handed down, so that nobody can take the port and a request waits for the worker.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        command = [sys.executable, "-m", "gunicorn", f"--bind=fd://{listener.fileno()}", "app:app"]
        # Gunicorn keeps its control socket in one of these.
        environment = {**os.environ, "HOME": os.getcwd(), "XDG_RUNTIME_DIR": os.getcwd()}
        server = subprocess.Popen(command, env=environment, pass_fds=[listener.fileno()])  # noqa: S603
    try:
        check_answers(base)
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


main()
