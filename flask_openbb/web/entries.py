"""One entry in widgets.json or agents.json: what was declared, completed from its view.

Used while a manifest is built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from ..errors import RegistrationError
from ..manifest.naming import described
from ..manifest.registry import Declaration, View
from ..manifest.schemas import dump_agent, dump_widget
from ..manifest.specs import Agent, Column, Grid, ParamRows, Widget
from .bindings import Home
from .rules import is_whole_url

if TYPE_CHECKING:
    from ..manifest.documented import Documented


def entry_of(
    declaration: Declaration,
    function: View,
    home: Home,
    *,
    rows: ParamRows = (),
    columns: Sequence[Column] = (),
    data_key: str | None = None,
    told: Documented | None = None,
) -> dict[str, Any]:
    """The entry as it goes on the wire.

    :param function: Where name and description are read.
    :param rows: The parameters, options resolved to URLs.
    :param data_key: Where the answer's rows are, as read from the view.
    :param told: What another extension's decorators say of it.
    """
    name, description = described(function)
    if told is not None:
        described_at_all = description != name
        name = told.name or name
        description = told.description or (description if described_at_all else name)
    if declaration.wire is not None:
        return _given(declaration.wire, home, name=name, description=description)
    fields = {"name": name, "description": description, **declaration.fields}
    if told is not None and told.category:
        fields.setdefault("category", told.category)
    grid = fields.get("grid")
    if isinstance(grid, tuple | list) and len(grid) == 2:
        fields["grid"] = Grid(*grid)
    elif grid is not None and not isinstance(grid, Grid):
        raise RegistrationError(f"grid={grid!r} is no size. Write grid=(width, height) in cells, or Grid(...).")
    given = fields.get("endpoint")
    # The address in an iframe may be any page's; every other endpoint is asked at the view's own URL.
    fields["endpoint"] = given if not home.kind.fetched and is_whole_url(given) else home.url
    if data_key is not None:
        fields.setdefault("data_key", data_key)
    widget = Widget(id=home.id, type=home.kind.wire, params=tuple(rows) or None, columns=columns or None, **fields)
    return dump_widget(widget)


def _given(wire: Mapping[str, Any], home: Home, **inferred: str) -> dict[str, Any]:
    """An entry given whole: what it lacks is filled in, its type gets the name Workspace accepts."""
    entry = {**inferred, "endpoint": home.url, **deepcopy(dict(wire))}
    endpoint = str(entry["endpoint"])
    if not is_whole_url(endpoint) and endpoint.strip("/") != home.url:
        entry["endpoint"] = home.url
    if isinstance(entry.get("type"), str):
        entry["type"] = home.kind.wire
    return entry


def agent_entry(declaration: Declaration, function: View, home: Home) -> dict[str, Any]:
    """An agent's entry in agents.json, without its id, as it goes on the wire."""
    name, description = described(function)
    fields = {"name": name, "description": description, **declaration.fields}
    features = _features(fields.pop("features", {}))
    extra = fields.pop("extra", {})
    if not isinstance(extra, Mapping) or not isinstance(extra.get("endpoints", {}), Mapping):
        raise RegistrationError(f"extra={extra!r} is no mapping. Give the wire keys, and endpoints as one too.")
    extra = deepcopy(dict(extra))
    if (feedback := fields.pop("feedback", None)) is not None:
        extra["endpoints"] = {"feedback": feedback, **extra.get("endpoints", {})}
        features.setdefault("feedback", True)
    models = fields.pop("models", None)
    if models is not None:
        if not isinstance(models, Mapping | list | tuple):
            raise RegistrationError(
                f"models={models!r} is no list. Write models=['large-1'] or {{'large-1': 'Large'}}."
            )
        pairs = models.items() if isinstance(models, Mapping) else [(model, model) for model in models]
        fields["models"] = [{"id": id, "name": label} for id, label in pairs]
    # With a slash, as OpenBB's docs have it: whoever joins it to the base URL gets the same.
    return dump_agent(Agent(id=home.id, query=f"/{home.url}", features=features, extra=extra, **fields))


def _features(given: Any) -> dict[str, Any]:
    """The features with those that the reference lists always there."""
    if isinstance(given, str) or not isinstance(given, Mapping | list | tuple | set | frozenset):
        raise RegistrationError(f"features={given!r} is no list. Write features=['widget-dashboard-select'].")
    named = dict(given) if isinstance(given, Mapping) else dict.fromkeys(sorted(map(str, given)), True)
    return {"streaming": True, "widget-dashboard-select": False, "widget-dashboard-search": False, **named}
