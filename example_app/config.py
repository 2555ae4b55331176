"""The settings of the example, read once by ``create_app``.

Everything Flask-OpenBB can be told is a setting whose name starts with ``OPENBB_``; the others are the example's own.
"""

from __future__ import annotations

import os

# ---------------------------------------------------------------------------------------------------------
# A KEY FOR TRYING THINGS OUT. It is printed here for everybody to read, so it protects NOTHING.
# Before anybody but you can reach this service, make a key of your own and start with it:
#
#     export OPENBB_API_KEYS="$(python -c 'import secrets; print(secrets.token_urlsafe(32))')"
#
# Several keys, separated by commas, are all accepted: that is how one is replaced without an outage.
# A variable that is set and empty is not a way to switch keys off: the service then refuses to start.
# ---------------------------------------------------------------------------------------------------------
DEMONSTRATION_KEY = "demonstration-key-replace-me"

OPENBB_API_KEYS = os.environ.get("OPENBB_API_KEYS", DEMONSTRATION_KEY)
"""What Workspace must send as the header ``X-API-KEY``; the pages and the JSON API stay open."""

DATABASE = os.environ.get("DATABASE")
"""Path of the SQLite file with the clients' mandates; in Flask's instance folder where it is not set."""

SECRET_KEY = os.environ.get("SECRET_KEY")
"""Signs the endpoints that Workspace asks without the key, such as PDFs. Made of the keys where it is not set, so that
every worker has the same."""

RATES_URL = os.environ.get("RATES_URL", "https://api.frankfurter.dev/v1")
"""Where exchange rates come from. Without a network their widgets say so; nothing else needs one."""
RATES_TIMEOUT = float(os.environ.get("RATES_TIMEOUT", "4"))
"""Seconds to wait for an answer of that source."""
