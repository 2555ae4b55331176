"""``flask openbb``: the manifests, their check, the routes, and a certificate for HTTPS on localhost.

Commands build the manifests afresh in an app context; they never touch what requests use.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import orjson
from flask import Flask, current_app
from flask.cli import AppGroup

from ..errors import ConfigError, Fault, MissingExtraError, OpenBBError, RequestError
from ..manifest.report import errors_first
from .build import Built, compose
from .routes import Routes, find_routes
from .state import state_of

logger = logging.getLogger("flask_openbb")

openbb_commands = AppGroup("openbb", help="OpenBB Workspace backend: manifests, check, routes, certificate.")

_OUTPUT = click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of standard output.",
)


@openbb_commands.command("widgets")
@_OUTPUT
def widgets_command(output: Path | None) -> None:
    """Print widgets.json as Workspace gets it."""
    built = _compose()
    _print_manifest(dict(built.widgets), output)
    _fail_on_errors(built)


@openbb_commands.command("apps")
@_OUTPUT
def apps_command(output: Path | None) -> None:
    """Print apps.json as Workspace gets it."""
    built = _compose()
    _print_manifest(built.apps, output)
    _fail_on_errors(built)


@openbb_commands.command("agents")
@_OUTPUT
def agents_command(output: Path | None) -> None:
    """Print agents.json as Workspace gets it."""
    built = _compose()
    _print_manifest(built.agents, output)
    _fail_on_errors(built)


@openbb_commands.command("check")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
def check_command(strict: bool) -> None:
    """Check the manifests and open the databases of SQL; exit with 1 if Workspace would refuse them."""
    app, routes = _routes()
    built = compose(app, state_of(app), routes)
    faults = errors_first([*built.faults, *_sql_faults(routes)])
    for fault in faults:
        click.echo(str(fault))
    counts = {level: sum(fault.severity == level for fault in faults) for level in ("error", "warning", "hint")}
    agents = f", {len(built.agents)} valid agents" if built.agents else ""
    click.echo(
        f"{len(built.widgets)} valid widgets, {len(built.apps)} valid apps{agents}: {counts['error']} errors, "
        f"{counts['warning']} warnings, {counts['hint']} hints."
    )
    if counts["error"] or (strict and counts["warning"]):
        raise click.exceptions.Exit(1)


@openbb_commands.command("routes")
def routes_command() -> None:
    """List every widget, options endpoint and agent with its URL and the door's policy."""
    app, routes = _routes()
    state = state_of(app)
    rows = [("ID", "TYPE", "METHOD", "URL", "AUTH", "VIEW")]
    for binding in routes.everything():
        auth = "public" if binding.policy is None else type(binding.policy).__name__
        url = f"{state.settings.url_prefix}/{binding.url}"
        view = f"{binding.endpoint} ({binding.declaration.location})"
        rows.append((binding.id, binding.kind.wire, binding.method, url, auth + " signed" * binding.signed, view))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@openbb_commands.command("cert")
@click.option("--directory", type=click.Path(file_okay=False, path_type=Path), default=Path("."), show_default=True)
@click.option("--host", "hosts", multiple=True, help="A host name or address; localhost and loopback by default.")
@click.option("--days", type=click.IntRange(1, 825), default=365, show_default=True, help="How long it is valid.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
def cert_command(directory: Path, hosts: tuple[str, ...], days: int, force: bool) -> None:
    """Write a certificate and key for HTTPS on localhost, which Safari, Brave and Excel need."""
    from .certificates import write_certificate  # noqa: PLC0415 - loaded when first used

    names = {"hosts": hosts} if hosts else {}
    try:
        certificate, key = write_certificate(directory, days=days, force=force, **names)
    except OpenBBError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Wrote {certificate} and {key}.")
    click.echo(f"Serve with them: gunicorn --certfile {certificate} --keyfile {key} ...")
    click.echo("Then trust the certificate in your system's keychain or certificate store.")


def _sql_faults(routes: Routes) -> Iterator[Fault]:
    """What keeps a SQL widget's database from being opened, which a server does at the first request for it."""
    for binding in routes.widgets.values():
        widget, location = getattr(binding.function, "openbb_sql", None), binding.declaration.location
        try:
            if widget is not None:
                widget.model().check()
        except (ConfigError, MissingExtraError) as error:
            yield Fault("error", str(error), widget=binding.id, location=location)
        except ImportError as error:
            fix = "Install the driver, or name yours in the URL, as in mysql+pymysql:// or postgresql+psycopg://."
            yield Fault("error", f"{error}.", widget=binding.id, location=location, fix=fix)
        except RequestError as error:
            from .sql import detail_of  # noqa: PLC0415 - loaded when first used

            message = f"default_query= would be refused: {detail_of(error)}"
            yield Fault("error", message, widget=binding.id, location=location)
        except Exception as error:  # such as a server that is down
            logger.warning("Widget %r: its database could not be opened.", binding.id, exc_info=error)
            message = f"Its database could not be opened ({type(error).__name__})."
            fix = "The log says why; it is tried again at each request."
            yield Fault("warning", message, widget=binding.id, location=location, fix=fix)


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app


def _routes() -> tuple[Flask, Routes]:
    app = _app()
    return app, find_routes(app, state_of(app))


def _compose() -> Built:
    app, routes = _routes()
    return compose(app, state_of(app), routes)


def _fail_on_errors(built: Built) -> None:
    """Say on standard error what is left out, and exit with 1 where the server would refuse the manifest."""
    errors = [fault for fault in built.faults if fault.severity == "error"]
    for fault in errors:
        click.echo(str(fault), err=True)
    if errors and state_of(_app()).settings.on_invalid == "raise":
        raise click.exceptions.Exit(1)


def _print_manifest(manifest: Any, output: Path | None) -> None:
    text = orjson.dumps(manifest, option=orjson.OPT_INDENT_2).decode() + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(
            f"Cannot write {str(output)!r}: {error.strerror}. Choose another --output."
        ) from None
