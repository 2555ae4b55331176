"""One example of a page, and the ways in which what we declare may depart from it."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask

from flask_openbb import OpenBB

Entry = dict[str, Any]
Declare = Callable[[Flask, OpenBB], object]


@dataclass(frozen=True)
class Departure:
    """A key that the typed form writes in another way than the page, and why."""

    name: str
    reason: str
    apply: Callable[[Entry], None]
    """Changes the page's entry into what we emit."""


@dataclass(frozen=True)
class Example:
    page: str
    entry: Entry
    declare: Declare
    departs: tuple[Departure, ...]
    faults: tuple[str, ...]
    """What is said of the entry where it is pasted as it stands on the page; a part of each message."""
    refused: bool
    """Whether Workspace would drop the whole backend for it."""

    def expected(self) -> Entry:
        """The page's entry with the departures made; each must change something."""
        entry = copy.deepcopy(self.entry)
        for departure in self.departs:
            before = copy.deepcopy(entry)
            departure.apply(entry)
            assert entry != before, f"{departure.name} changes nothing in {self.page}"
        return entry


EXAMPLES: list[Example] = []


def example(
    page: str, entry: Entry, *departs: Departure, faults: Sequence[str] = (), refused: bool = False
) -> Callable[[Declare], Declare]:
    """Note the entry of a page; the decorated function declares the same widget by our decorators."""

    def note(declare: Declare) -> Declare:
        EXAMPLES.append(Example(page, entry, declare, departs, tuple(faults), refused))
        return declare

    return note


def params_of(entry: Mapping[str, Any]) -> Iterator[Entry]:
    """Every parameter, rows taken apart; a form's inputs are not among them."""
    for item in entry.get("params", ()):
        yield from item if isinstance(item, list) else [item]


def columns_of(entry: Mapping[str, Any]) -> list[Entry]:
    return entry["data"]["table"]["columnsDefs"]


def _show(entry: Entry) -> None:
    for param in params_of(entry):
        param.setdefault("show", True)


def _explicit_type(entry: Entry) -> None:
    entry.setdefault("type", "table")


def _not_default_viz(entry: Entry) -> None:
    entry["type"] = entry.pop("defaultViz")


def _sub_category(entry: Entry) -> None:
    entry["subCategory"] = entry.pop("subcategory")


def _enable_charts(entry: Entry) -> None:
    entry["data"]["table"].pop("enableCharts", None)


def _formatter(entry: Entry) -> None:
    for column in columns_of(entry):
        if "options" in column.get("sparkline", {}):
            column["sparkline"]["options"].setdefault("customFormatter", "")


def _number_text(entry: Entry) -> None:
    for param in params_of(entry):
        if param["type"] == "number" and isinstance(param["value"], str):
            param["value"] = int(param["value"])


def _bare_color(entry: Entry) -> None:
    for column in columns_of(entry):
        if column.get("renderFn") == "columnColor" and "renderFnParams" not in column:
            del column["renderFn"]


def _relative(entry: Entry) -> None:
    entry["endpoint"] = entry["endpoint"].lstrip("/")


def _list(entry: Entry) -> None:
    for param in params_of(entry):
        if param["type"] == "endpoint" and param.get("multiSelect") and isinstance(param["value"], str):
            param["value"] = [param["value"]]


def _yellow(entry: Entry) -> None:
    for column in columns_of(entry):
        for rule in column["renderFnParams"]["colorRules"]:
            if rule["color"] == "yellow":
                rule["color"] = "#FFD700"


SHOW = Departure("show", "Excel leaves a parameter without an explicit 'show' out of the formulas it copies.", _show)
TYPE = Departure(
    "type", "The kind is always written; Workspace takes a widget without one for a table.", _explicit_type
)
DEFAULT_VIZ = Departure("defaultViz", "An old name: 'type' is what the reference documents.", _not_default_viz)
SUB_CATEGORY = Departure("subcategory", "Workspace ignores this spelling with a warning.", _sub_category)
ENABLE_CHARTS = Departure("enableCharts", "Workspace strips the key: every table has charts.", _enable_charts)
FORMATTER = Departure(
    "customFormatter", "Workspace refuses sparkline options without it; an empty one does nothing.", _formatter
)
NUMBER = Departure("number", "A number's default is written as a number; Workspace converts the text.", _number_text)
BARE_COLOR = Departure("columnColor", "It does nothing without rules, and color_rules() wants one.", _bare_color)
RELATIVE = Departure("endpoint", "URLs are written without a leading slash, which Workspace adds.", _relative)
LIST = Departure("value", "Where several options may be chosen, the default is a list of them.", _list)
YELLOW = Departure("yellow", "Workspace refuses the name and takes a hex code for the same colour.", _yellow)
