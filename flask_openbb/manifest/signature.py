"""What a view's signature says of its arguments: their names and defaults, and whether more may be passed.

Owns :func:`read_signature`. Imports the standard library and this room's hints. Called by :mod:`.params` for each view.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .hints import Misfit

_VARIABLE = frozenset({inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD})
_UNBINDABLE = {
    inspect.Parameter.POSITIONAL_ONLY: "positional-only",
    inspect.Parameter.VAR_POSITIONAL: "a '*' argument",
}


@dataclass(frozen=True)
class Signature:
    """What a view's signature says."""

    defaults: Mapping[str, Any]
    """Default by parameter, in order, without self."""
    var_keyword: bool
    opaque: bool
    """Whether the parameters cannot be known: no signature, or a wrapper's ``*args, **kwargs``."""


def read_signature(view: Callable[..., Any], *, skip_first: bool) -> Signature:
    """Read a view's signature; ``functools.wraps`` is followed.

    :param skip_first: Leave out the first parameter, ``self`` of a MethodView.
    :raises Misfit: If an argument cannot be passed by name, or an annotation names nothing; its text follows the
        view's name.
    """
    try:
        parameters = list(inspect.signature(view).parameters.values())
    except NameError as error:
        raise Misfit(
            f": an annotation cannot be resolved ({error}). Define or import the name at the top level of the module."
        ) from error
    except (TypeError, ValueError):
        return Signature({}, var_keyword=False, opaque=True)
    if skip_first and parameters and parameters[0].kind not in _VARIABLE:
        del parameters[0]
    kinds = {parameter.kind: parameter for parameter in parameters}
    var_keyword = inspect.Parameter.VAR_KEYWORD in kinds
    # '*args, **kwargs' is a decorator without functools.wraps: what is inside cannot be known.
    opaque = var_keyword and inspect.Parameter.VAR_POSITIONAL in kinds
    for kind, what in _UNBINDABLE.items():
        if kind in kinds and not opaque:
            raise Misfit(
                f" parameter {kinds[kind].name!r}: it is {what}, and Workspace sends parameters by name. Make it an "
                "ordinary parameter."
            )
    named = {item.name: item.default for item in parameters if item.kind not in _VARIABLE}
    return Signature(named, var_keyword, opaque)


def place_of(view: Callable[..., Any]) -> str:
    """The ``file:line`` of a view; empty for what has no code."""
    code = getattr(inspect.unwrap(view), "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else ""
