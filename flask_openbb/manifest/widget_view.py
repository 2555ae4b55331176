"""One widget as the rules see it: wire JSON of any shape, read without trusting it.

Called by :mod:`.lint`; read by the rules in :mod:`.lint_widgets`, :mod:`.lint_params` and :mod:`.lint_columns`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .kinds import KINDS
from .near_misses import did_you_mean
from .report import Report
from .urls import same_url, taken_as_absolute
from .wire_fields import Path


class Placed(NamedTuple):
    """One parameter or column of a widget, and where it stands."""

    path: Path
    wire: Mapping[str, Any]


@dataclass(frozen=True)
class WidgetView:
    """What the rules look at: one widget, read without trusting it."""

    id: str
    wire: Mapping[str, Any]
    kind: str
    """The effective type."""
    endpoint: str
    """The endpoint, or ``""``."""
    params: Sequence[Placed]
    """Every parameter that is an object, rows taken apart."""
    columns: Sequence[Placed]
    served: frozenset[str] | None
    """The relative URLs the backend serves, where known."""
    declared: bool = False
    """Whether its columns and parameters are declared in Python."""

    @classmethod
    def of(cls, id: str, wire: Mapping[str, Any], served: frozenset[str] | None, *, declared: bool) -> WidgetView:
        """Look at one widget."""
        kind = next((wire[key] for key in ("type", "defaultViz") if isinstance(wire.get(key), str)), "table")
        endpoint = wire.get("endpoint")
        return cls(
            id=id,
            wire=wire,
            kind=kind,
            endpoint=endpoint if isinstance(endpoint, str) else "",
            params=tuple(_params(wire.get("params"))),
            columns=tuple(_columns(wire)),
            served=served,
            declared=declared,
        )

    @property
    def data(self) -> Mapping[str, Any]:
        """``data``, or an empty object."""
        data = self.wire.get("data")
        return data if isinstance(data, Mapping) else {}

    @property
    def param_names(self) -> dict[str, Mapping[str, Any]]:
        """The parameters by name."""
        named = ((param.wire.get("paramName"), param.wire) for param in self.params)
        return {name: wire for name, wire in named if isinstance(name, str)}

    @property
    def fetched(self) -> bool:
        """Whether Workspace asks the endpoint at all."""
        return self.kind != "rich_note" and (self.kind not in KINDS or KINDS[self.kind].fetched)

    def check_served(self, url: str, path: Path, report: Report) -> None:
        """Report a relative URL that the backend does not serve."""
        if self.served is None or taken_as_absolute(url):
            return
        if same_url(url) not in self.served:
            fix = did_you_mean(same_url(url), sorted(self.served), otherwise="Add the route, or correct the URL.")
            report.error(path, "This backend serves no such URL.", value=url, fix=fix)


def _params(params: Any) -> Iterator[Placed]:
    for index, entry in enumerate(params if isinstance(params, list | tuple) else ()):
        if isinstance(entry, Mapping):
            yield Placed(("params", index), entry)
        elif isinstance(entry, list | tuple):
            for place, item in enumerate(entry):
                if isinstance(item, Mapping):
                    yield Placed(("params", index, place), item)


def _columns(wire: Mapping[str, Any]) -> Iterator[Placed]:
    data = wire.get("data")
    table = data.get("table") if isinstance(data, Mapping) else None
    columns = table.get("columnsDefs") if isinstance(table, Mapping) else None
    for index, column in enumerate(columns if isinstance(columns, list | tuple) else ()):
        if isinstance(column, Mapping):
            yield Placed(("data", "table", "columnsDefs", index), column)
