"""The extension object, made once and bound to each app by ``create_app``.

A module of its own, as Flask extensions like to have it: the widgets import it to decorate their views, and
``create_app`` imports it to call ``init_app``. It keeps nothing of any app.
"""

from __future__ import annotations

from flask_openbb import OpenBB

openbb = OpenBB()
