"""Keys of ours in a request's environ. Not on ``g``, which outlives a request where an app context is held open."""

from __future__ import annotations

BINDING = "flask_openbb.binding"
"""The widget asked at its view's own URL, once it passed the door in ``hooks``."""

METHODS = "flask_openbb.methods"
"""The methods of the URL of ours that is asked; there at all only where one is."""

ASKED = "flask_openbb.request"
"""Beside it: the request that was asked."""

GUARDED = "flask_openbb.guarded"
"""The chart below whose endpoint is asked, once the request passed the door: its view answers by itself."""

KEPT = "flask_openbb.kept"
"""A digest and the bytes it is of: the answer's, if they are likely to be sent again."""

FORM = "flask_openbb.form"
"""The form that is asked, for what is done after its answer."""

FILES = "flask_openbb.files"
"""The names of the files that a multi file viewer asked for, in order."""
