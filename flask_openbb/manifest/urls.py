"""How the client reads the URLs of a manifest.

Imports nothing of the package. Called by :mod:`.lint` and the ``lint_*`` modules.

Source: CLIENT lib/utils/widgetParams.ts, ``createURLString``, ``cleanURL`` and ``parsePathParams``.
"""

from __future__ import annotations

import re

_ABSOLUTE = re.compile(r"https?://[^/\s]", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"{([^}]+)}")
_SLASHES = re.compile(r"/+")


def taken_as_absolute(url: str) -> bool:
    """Tell whether the client puts no base URL in front: it starts with ``http`` or ``data:``."""
    return url.startswith(("http", "data:"))


def is_mistaken(url: str) -> bool:
    """Tell whether a URL is taken as absolute and is not: ``http_stats``."""
    return url.startswith("http") and _ABSOLUTE.match(url) is None


def placeholders(url: str) -> list[str]:
    """Name the parameters the client writes into a URL: ``stock/{symbol}`` has ``symbol``."""
    return _PLACEHOLDER.findall(url)


def same_url(url: str) -> str:
    """Reduce a relative URL to what is asked of the backend: no query, no slashes at the ends, none doubled."""
    return _SLASHES.sub("/", url.partition("?")[0]).strip("/")
