"""Apps exported from Workspace: read, told what no longer fits the widgets, and repaired where that is wanted.

Reads files, no Flask. Called by ``web.app_entries`` while apps.json is built; nothing is read at import time.

Source: OpenBB docs, developers/apps ("Export apps.json") and apps.json reference; CLIENT lib/utils/validateBackend.ts
takes a list and a single object.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path as File
from typing import Any

from ..errors import Fault
from .app_parts import Misfits
from .app_view import MENTION, AppView, members_of, misfits_of
from .lint import lint_apps
from .report import Report, errors_first
from .schemas import dump_app, load_app
from .wire_fields import Path, plain


def read_apps(file: File, shown: str, report: Report) -> Any:
    """Read a file of apps.

    :param shown: Its name in faults.
    :param report: Takes the one fault of a file that cannot be read.
    :return: The parsed JSON, None after a fault.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        return json.loads(text, parse_constant=_refuse)
    except OSError as error:
        fix = "Give a path relative to the app's root folder, or an absolute one."
        report.error((), f"The file of apps cannot be read: {error.strerror}.", value=str(file), fix=fix)
    except json.JSONDecodeError as error:
        message = f"{shown}, line {error.lineno}, column {error.colno}: {error.msg}."
        report.error((), message, fix="Export the app from Workspace again, or correct the JSON.")
    except (ValueError, RecursionError) as error:
        report.error((), f"{shown}: {error}.", fix="Save the file as JSON in UTF-8.")
    return None


def check_apps(
    source: Any, widgets: Mapping[str, Any], *, shown: str, misfits: Misfits, rename: Mapping[str, str]
) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Check apps as Workspace exports them against the widgets beside them.

    :param source: The parsed JSON: a list of apps, or one.
    :param widgets: The widgets.json they are served with.
    :param shown: Where they come from, for the locations of faults: ``apps.json#/0/tabs/main/layout/2``.
    :param misfits: What becomes of parts that no longer fit: ``warn`` keeps them, ``drop`` takes them out, and
        ``error`` refuses the app.
    :param rename: New widget ids by those in the file.
    :return: The apps Workspace takes, written as we write our own, and every fault.
    """
    single = isinstance(source, Mapping)
    whole = lint_apps(source) if not (single or isinstance(source, list | tuple)) else []
    if whole:
        return [], [replace(fault, location=shown) for fault in whole]
    apps: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for index, given in enumerate([source] if single else source):
        entry, found = _checked(_renamed(plain(given), rename), widgets, misfits)
        start = f"{shown}#" if single else f"{shown}#/{index}"
        for fault in found:
            name = f"#{index}" if fault.widget == "#0" else fault.widget
            fix = fault.fix
            if fault.path[:1] == ("tabs",) and fault.path[-1] == "i" and fault.severity != "hint":
                fix += f" If it has a new id, give rename={{{fault.value!r}: ...}}."
            faults.append(replace(fault, widget=name, fix=fix, location=start + _pointer(fault.path)))
        if not _errors(found):
            apps.append(dump_app(load_app(entry)))
    return apps, faults


def _checked(entry: Any, widgets: Mapping[str, Any], misfits: Misfits) -> tuple[Any, list[Fault]]:
    found = lint_apps([entry], widgets=widgets)
    if misfits == "warn" or _errors(found):
        return entry, found
    if misfits == "error":
        unfit = _misfits(entry, found)
        return entry, [replace(fault, severity="error") if fault in unfit else fault for fault in found]
    return entry, errors_first(_fit(entry, widgets, found))


def _errors(faults: Sequence[Fault]) -> bool:
    return any(fault.severity == "error" for fault in faults)


def _misfits(entry: Any, found: Sequence[Fault]) -> list[Fault]:
    """What is wrong only because of the widgets the app is served with."""
    alone = lint_apps([entry])
    return [fault for fault in found if fault.severity == "warning" and fault not in alone]


def _fit(entry: dict[str, Any], widgets: Mapping[str, Any], found: list[Fault]) -> list[Fault]:
    """Take out of an app what does not fit, until nothing is left that does not.

    :param found: What is wrong with it; each check of a large app takes a while.
    :return: What was dropped, and what is wrong still.
    """
    dropped: list[Fault] = []
    view = AppView.of(entry, widgets)
    used = [group.wire.get("name") for group in view.groups if members_of(view, group)]
    while unfit := _misfits(entry, found):
        before = repr(entry)
        for path in sorted({_root_of(fault.path) for fault in unfit}, key=_backwards):
            _drop(entry, path)
        _leave_groups(entry, widgets, used)
        known = {(fault.path, fault.message) for fault in dropped}
        dropped += [
            replace(fault, fix=f"Dropped. {fault.fix}".strip())
            for fault in unfit
            if (fault.path, fault.message) not in known
        ]
        found = lint_apps([entry], widgets=widgets)
        if repr(entry) == before:  # pragma: no cover
            break  # whatever it is, it must not keep the apps from being served
    return [*dropped, *found]


def _leave_groups(entry: dict[str, Any], widgets: Mapping[str, Any], used: Sequence[Any]) -> None:
    """Take widgets out of the groups whose parameter they no longer have; a group that loses all goes too."""
    view = AppView.of(entry, widgets)
    emptied: list[Any] = []
    for group in view.groups:
        unfit = {id for id, _ in misfits_of(view, group)}
        name = group.wire.get("name")
        for item in view.items if unfit else ():
            names = item.wire.get("groups")
            if item.wire.get("i") in unfit and isinstance(names, list):
                names[:] = [other for other in names if other != name]
        ids = group.wire.get("widgetIds")
        if unfit and isinstance(ids, list):
            ids[:] = [id for id in ids if id not in unfit]
        if name in used and not members_of(view, group):
            emptied.append(group.wire)
    if emptied:
        entry["groups"] = [group for group in entry["groups"] if group not in emptied]


def _root_of(path: Path) -> Path:
    """Find what has to go for a fault to go: the placement, the value, the group's member or the prompt."""
    if path[:1] == ("tabs",) and path[-1] == "i":
        return path[:-1]
    if path[:1] == ("groups",) and path[-1] in ("paramName", "type"):
        return ()
    return path


def _backwards(path: Path) -> tuple[Any, ...]:
    """Sort so that what comes later in a list, or lies deeper, goes first."""
    return (*((-part, "") if isinstance(part, int) else (0, part) for part in path), (1, ""))


def _drop(entry: Any, path: Path) -> None:
    for part in path[:-1]:
        entry = entry[part]
    if path:
        del entry[path[-1]]


def _renamed(entry: Any, rename: Mapping[str, str]) -> Any:
    """Give an app the ids its widgets have now."""
    if not rename or not isinstance(entry, dict):
        return entry
    view = AppView.of(entry, None)
    for item in view.items:
        id = item.wire.get("i")
        if isinstance(id, str):
            item.wire["i"] = rename.get(id, id)  # type: ignore[index]  # our own copy
    for group in view.groups:
        ids = group.wire.get("widgetIds")
        if isinstance(ids, list):
            ids[:] = [rename.get(id, id) if isinstance(id, str) else id for id in ids]
    prompts = entry.get("prompts")
    if isinstance(prompts, list):
        entry["prompts"] = [_renamed_mentions(prompt, rename) for prompt in prompts]
    return entry


def _renamed_mentions(prompt: Any, rename: Mapping[str, str]) -> Any:
    if not isinstance(prompt, str):
        return prompt
    return MENTION.sub(lambda found: f"@[id:{rename.get(found[1], found[1])}]", prompt)


def _pointer(path: Path) -> str:
    """Write a path as a JSON pointer (RFC 6901)."""
    return "".join(f"/{part}" for part in _escaped(path))


def _escaped(path: Path) -> Iterator[str]:
    return (str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")
