"""The apps of apps.json: what ``openbb.app`` and ``openbb.apps_from`` declared, resolved against the app's widgets.

Called by ``build`` with the widgets that are served; knows views, folders and bindings, and leaves the format to
``manifest``. Files are read here, when the manifests are built; ``assembly`` asks :func:`file_stamps` in debug.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
from flask import Flask

from ..errors import Fault, RegistrationError
from ..manifest.app_files import check_apps, read_apps
from ..manifest.app_parts import IMAGES, completed, image_file
from ..manifest.apps import Found, build_app
from ..manifest.lint import lint_apps
from ..manifest.lint_apps import check_app_names
from ..manifest.near_misses import closest
from ..manifest.registry import Registry
from ..manifest.report import Report
from ..manifest.schemas import dump_app
from .bindings import Binding, binding_on
from .routes import Routes

FILE = "source"
"""The key of the registry's apps that come from a file or from JSON."""


def app_entries(
    app: Flask, registry: Registry, routes: Routes, widgets: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Build every declared app, raising nothing.

    :param widgets: The widgets that are served, by id.
    :return: The apps Workspace takes, and every fault of all of them.
    """
    apps: list[dict[str, Any]] = []
    faults: list[Fault] = []
    finder = _Finder(routes, widgets)
    for arguments in registry.apps:
        try:
            if FILE in arguments:
                made, found = _from_source(app, arguments, finder)
            else:
                made, found = _from_declaration(app, registry, arguments, finder)
        except Exception as error:  # whatever it is, the other apps must be served
            location, name = str(arguments["location"]), str(arguments["name"])
            made, found = [], [Fault("error", str(error), document="apps.json", widget=name, location=location)]
        apps += made
        faults += found
    names = Report("apps.json")
    check_app_names(apps, names)
    return apps, [*faults, *names.faults]


def file_stamps(app: Flask, registry: Registry) -> tuple[object, ...]:
    """Tell what changes when a file that apps.json is made of changes."""
    stamps: list[object] = []
    for arguments in registry.apps:
        source = arguments.get(FILE)
        files = [Path(app.root_path, source)] if isinstance(source, str | Path) else []
        files += [file for key in IMAGES if (file := image_file(arguments.get(key), app.root_path)) is not None]
        for file in files:
            try:
                stat = file.stat()
                stamps.append((str(file), stat.st_mtime_ns, stat.st_size))
            except (OSError, ValueError):
                stamps.append((str(file), None, None))
    return tuple(stamps)


def _from_declaration(
    app: Flask, registry: Registry, arguments: Mapping[str, Any], finder: _Finder
) -> tuple[list[dict[str, Any]], list[Fault]]:
    name, location = str(arguments["name"]), str(arguments["location"])
    given = {key: value for key, value in arguments.items() if key not in ("name", "tabs", "groups", "location")}
    report = Report("apps.json", name, location)
    options = completed(
        given,
        root=app.root_path,
        mentions=registry.mentions,
        resolve=lambda view: finder.find(view).id,
        report=report,
    )
    if options.get("selected_agent") is not None:
        options["selected_agent"] = finder.agent(options["selected_agent"], report)
    built, faults = build_app(
        name, tabs=arguments["tabs"], find=finder.find, groups=arguments["groups"], location=location, **options
    )
    faults += report.faults
    if built is None or any(fault.severity == "error" for fault in faults):
        return [], faults
    dumped = dump_app(built)
    orjson.dumps(dumped)
    found = [replace(fault, location=location) for fault in lint_apps([dumped], widgets=finder.widgets)]
    failed = any(fault.severity == "error" for fault in found)
    return ([] if failed else [dumped]), [*faults, *found]


def _from_source(app: Flask, arguments: Mapping[str, Any], finder: _Finder) -> tuple[list[dict[str, Any]], list[Fault]]:
    source, name = arguments[FILE], str(arguments["name"])
    if isinstance(source, str | Path):
        report = Report("apps.json", name, str(arguments["location"]))
        source = read_apps(Path(app.root_path, source), name, report)
        problem = None if report.faults else _unwritable(source)
        if problem:
            report.error((), f"{name}: {problem}.", fix="Correct it in the file: apps.json could not hold it.")
        if report.faults:
            return [], report.faults
    else:
        source = orjson.loads(orjson.dumps(source))
    rename = {old: finder.find(new).id for old, new in arguments["rename"].items()}
    return check_apps(source, finder.widgets, shown=name, misfits=arguments["misfits"], rename=rename)


def _unwritable(source: Any) -> str | None:
    """Why parsed JSON cannot be written again, such as half of a surrogate pair or a number of 30 digits."""
    try:
        orjson.dumps(source)
    except TypeError as error:
        return str(error)
    return None


@dataclass(frozen=True)
class _Finder:
    routes: Routes
    widgets: Mapping[str, Any]

    def find(self, reference: Any) -> Found:
        """Find a widget by its view or id; an unknown id is left to the check, which names the nearest."""
        widgets: Sequence[Binding] = tuple(self.routes.widgets.values())
        if isinstance(reference, str):
            binding = self.routes.widgets.get(reference)
            if binding is None:
                return Found(reference, None)
        else:
            binding = binding_on(widgets, reference)
            if binding is None:
                name = getattr(reference, "__name__", repr(reference))
                raise RegistrationError(f"{name} is not a widget of this app. Decorate it, or name a widget's id.")
        widget = self.widgets.get(binding.id)
        grid = widget.get("gridData") if isinstance(widget, Mapping) else None
        if isinstance(grid, dict) and {"w", "h"} <= grid.keys():
            return Found(binding.id, widget, (int(grid["w"]), int(grid["h"])))
        return Found(binding.id, widget, binding.kind.size)

    def agent(self, reference: Any, report: Report) -> Any:
        """Find the id of an agent by its view; an id or a name may be that of an agent of another backend."""
        agents = self.routes.agents
        if isinstance(reference, str):
            names = [str(binding.declaration.fields.get("name", id)) for id, binding in agents.items()]
            near = closest(reference, [*names, *agents])
            if near and reference not in (*names, *agents):
                message = "No agent of this backend has this id or name."
                report.warning(("selected_agent",), message, value=reference, fix=f"Did you mean {near!r}?")
            return reference
        binding = binding_on(agents.values(), reference)
        if binding is None:
            name = getattr(reference, "__name__", repr(reference))
            fix = "Put '@openbb.agent' above it, or give an agent's id or name."
            report.error(("selected_agent",), f"{name} is not an agent of this app.", fix=fix)
            return None
        return binding.id
