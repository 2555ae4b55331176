"""The smallest backends: one widget for everybody, and one behind a key.

Run the first with either of::

    flask --app example_app.hello run --port 7779
    gunicorn --bind 127.0.0.1:7779 example_app.hello:app

and connect ``http://127.0.0.1:7779`` in OpenBB Workspace. The second needs a key in the environment and, in
Workspace, the same key as the header ``X-API-KEY``::

    OPENBB_API_KEYS=choose-a-long-one flask --app example_app.hello:secure_app run --port 7779

With that variable set the first asks for the key as well. The difference is what happens without it: the first is
open, the second does not start.
"""

from __future__ import annotations

from typing import Annotated

from flask import Flask

from flask_openbb import ApiKeyAuth, OpenBB, Param

app = Flask(__name__)
openbb = OpenBB(app)


@app.get("/hello_world")
@openbb.markdown(name="Hello World", category="Hello World", grid=(12, 4))
def hello_world(name: Annotated[str, Param(label="Name", description="Whom to greet")] = "") -> str:
    """Greet whoever is named."""
    return f"# Hello World {name}"


openbb.app("Hello World", description="One widget on one tab.", tabs={"Hello": [hello_world]})


def secure_app() -> Flask:
    """Build the same backend behind an API key, read from the variable ``OPENBB_API_KEYS``."""
    secure = Flask(__name__)
    guarded = OpenBB(secure, auth=ApiKeyAuth(keys_from_env="OPENBB_API_KEYS"))

    @secure.get("/hello_world")
    @guarded.markdown(name="Secure Hello World", category="Hello World", grid=(12, 4))
    def hello_secure(name: Annotated[str, Param(label="Name", description="Whom to greet")] = "") -> str:
        """Greet whoever is named, once a key was shown."""
        return f"# Hello World {name}, safely"

    guarded.app("Secure Hello World", description="One widget behind a key.", tabs={"Hello": [hello_secure]})
    return secure
