"""The settings of the example, read once by ``create_app``.

Everything Flask-OpenBB can be told is a setting whose name starts with ``OPENBB_``; here it is the key alone.
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
