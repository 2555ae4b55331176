"""What a form's view answered, as Workspace reads it: a JSON object whose ``message`` is shown to the user.

Imports its own room and :mod:`flask_openbb.errors` only; called by ``web`` once a submission.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .checks import refuse
from .shaping import Shaping

SUBMITTED = "Submitted."
"""What is shown where the view says nothing."""


def submission(value: Any, shaping: Shaping) -> dict[str, Any]:
    """Shape the answer to a submission that was accepted.

    :param value: None or True; the text to show; a mapping, sent as it is; anything else becomes its ``result``.
    :raises ShapeError: If it is False, which says neither that it was accepted nor why not.

    Source: the client's FormParamElement reads ``message`` of the body, which null has not.

    .. versionadded:: 0.1
    """
    if value is False:
        refuse(shaping, "the form's view returned False. Return None or a text; refuse with abort(400, 'why').")
    if value is None or value is True:
        return {"message": SUBMITTED}
    if isinstance(value, str):
        return {"message": value if value.strip() else SUBMITTED}
    return dict(value) if isinstance(value, Mapping) else {"message": SUBMITTED, "result": value}
