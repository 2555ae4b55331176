"""Requests a second, as ratios: ``python -m benchmarks.http [--rounds N] [--seconds S] [--only CASE]``.

Owns the cases and the table. Each case is asked by ``wrk`` over 8 connections; its contestants take turns within
each round, in another order every second round, so that a slower moment of the machine meets both. The ratio is the
median of the rounds' ratios. Beside it stands the same ratio of processor time a request, which hardly depends on
what else the machine does. Nothing here is a test: the exit code is 0 whether or not a target is met.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from .servers import Server, ServerError, serving

CONNECTIONS = 8
WARM_UP = 3
"""Seconds; the slowest contestant takes over one for eight answers."""

BROWSER = {"Origin": "https://pro.openbb.co", "X-API-KEY": "a-key-nobody-asks-for"}
"""What Workspace adds to every request."""


@dataclass(frozen=True)
class Target:
    """One URL under load."""

    server: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True)
class Rival:
    """Whom a case is compared with, and how much of its requests a second it should reach."""

    name: str
    target: Target
    least: float | None = None
    """None where the design sets no target."""
    same_body: bool = True


@dataclass(frozen=True)
class Case:
    """One row of the design's table."""

    name: str
    title: str
    target: Target
    rivals: tuple[Rival, ...]


_HELLO = Target("bare", "/hello")
_ROWS = Target("bare", "/rows")
_LIST = Target("peer", "/list")

CASES = (
    Case(
        "trivial",
        "trivial widget",
        Target("ours", "/hello"),
        (
            Rival("bare view", _HELLO, 0.85, same_body=False),
            Rival("FastAPI", Target("peer", "/hello")),
        ),
    ),
    Case(
        "browser",
        "trivial widget, asked with Origin and key",
        Target("ours", "/hello", BROWSER),
        (Rival("bare view", Target("bare", "/hello", BROWSER), same_body=False),),
    ),
    Case(
        "params",
        "trivial widget with two parameters",
        Target("ours", "/greet?name=Ann&times=3"),
        (Rival("bare view, request.args", Target("bare", "/greet?name=Ann&times=3"), same_body=False),),
    ),
    Case(
        "manifest",
        "/widgets.json, 50 widgets",
        Target("many", "/widgets.json"),
        (
            Rival("FastAPI, return dict", Target("peer", "/dict/widgets.json"), 4.0),
            Rival("FastAPI, OpenBB's tutorial", Target("peer", "/file/widgets.json"), 4.0),
            Rival("FastAPI, JSONResponse(dict)", Target("peer", "/json/widgets.json"), 4.0),
        ),
    ),
    Case(
        "304",
        "/widgets.json, 304",
        Target("many", "/widgets.json", {"If-None-Match": "<etag>"}, status=304),
        (
            Rival("bare view", _HELLO, 0.8, same_body=False),
            Rival("trivial widget", Target("ours", "/hello"), 0.8, same_body=False),
        ),
    ),
    Case(
        "rows",
        "10,000 flat rows x 8",
        Target("ours", "/rows"),
        (
            Rival("bare view, orjson.dumps", _ROWS, 0.6),
            Rival("Flask's jsonify", Target("bare", "/jsonify")),
            Rival("FastAPI, unannotated", Target("peer", "/unannotated")),
            Rival("FastAPI -> list[dict]", _LIST, 2.5),
            Rival("FastAPI, response model", Target("peer", "/model"), 12.0),
        ),
    ),
    Case(
        "nested",
        "10,000 rows nested one level",
        Target("ours", "/nested"),
        (
            Rival("bare view, flat rows", _ROWS, 0.4),
            Rival("FastAPI, not flattened", Target("peer", "/nested"), 2.5, same_body=False),
        ),
    ),
    Case("polars", "10,000-row polars frame", Target("ours", "/polars"), (Rival("bare view, rows", _ROWS, 0.7),)),
    Case("pandas", "10,000-row pandas frame", Target("ours", "/pandas"), (Rival("bare view, rows", _ROWS, 0.35),)),
)


@dataclass(frozen=True)
class Run:
    """What one run of wrk found."""

    rate: float
    """Requests a second."""
    cpu: float
    """Seconds of the server's processor time for one request."""


class UnfitError(Exception):
    """A case that cannot be measured here."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases and print their table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.http", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each case (7)")
    parser.add_argument("--seconds", type=int, default=2, help="seconds of each run of wrk (2)")
    parser.add_argument("--threads", type=int, default=1, help="threads of gunicorn's worker (1)")
    parser.add_argument("--only", action="append", choices=[case.name for case in CASES], help="may be repeated")
    options = parser.parse_args(arguments)
    wrk = shutil.which("wrk")
    if wrk is None:
        print("This benchmark needs wrk, the load generator: apt install wrk, or brew install wrk.", file=sys.stderr)
        return 2
    cases = [case for case in CASES if not options.only or case.name in options.only]
    names = dict.fromkeys(target.server for case in cases for target in _targets(case))
    with contextlib.ExitStack() as stack:
        try:
            servers = {name: stack.enter_context(serving(name, threads=options.threads)) for name in names}
        except ServerError as error:
            print(error, file=sys.stderr)
            return 1
        print(_HEADING, flush=True)
        for case in cases:
            try:
                _measure(wrk, servers, case, rounds=options.rounds, seconds=options.seconds)
            except UnfitError as error:
                print(f"{case.title:<42} not measured: {error}", flush=True)
    return 0


_HEADING = (
    f"{'case':<42} {'req/s':>7}  {'compared with':<26} {'req/s':>7} {'ratio':>6} {'(rounds)':>13} {'CPU':>6}  target\n"
    + "-" * 126
)


def _measure(wrk: str, servers: Mapping[str, Server], case: Case, *, rounds: int, seconds: int) -> None:
    _compare_bodies(servers, case)
    targets = _targets(case)
    runs: list[list[Run]] = [[] for _ in targets]
    for target in targets:
        _load(wrk, servers, target, WARM_UP)
    server = servers[case.target.server]
    before = server.memory()
    for turn in range(rounds):
        order = range(len(targets))
        for number in order if turn % 2 == 0 else reversed(order):
            runs[number].append(_load(wrk, servers, targets[number], seconds))
    _report(case, runs)
    print(f"{'':<52} memory {before:.0f} MB after the first second, {server.memory():.0f} MB at the end", flush=True)


def _report(case: Case, runs: Sequence[Sequence[Run]]) -> None:
    mine = runs[0]
    title, rate = case.title, f"{median(run.rate for run in mine):7.0f}"
    for rival, theirs in zip(case.rivals, runs[1:], strict=True):
        ratios = sorted(one.rate / other.rate for one, other in zip(mine, theirs, strict=True))
        cpu = median(other.cpu / one.cpu for one, other in zip(mine, theirs, strict=True))
        ratio, spread = median(ratios), f"({ratios[0]:.2f}-{ratios[-1]:.2f})"
        verdict = "-"
        if rival.least is not None:
            verdict = f">= {rival.least:g} {'met' if ratio >= rival.least else 'MISSED'}"
        other = f"{rival.name:<26} {median(run.rate for run in theirs):7.0f}"
        print(f"{title:<42} {rate:>7}  {other} {ratio:6.2f} {spread:>13} {cpu:6.2f}  {verdict}", flush=True)
        title = rate = ""


def _targets(case: Case) -> list[Target]:
    return [case.target, *(rival.target for rival in case.rivals)]


def _compare_bodies(servers: Mapping[str, Server], case: Case) -> None:
    """Make sure that the contestants answer, and answer alike."""
    mine = _answer(servers, case.target)
    for rival in case.rivals:
        theirs = _answer(servers, rival.target)
        if rival.same_body and json.loads(mine) != json.loads(theirs):
            raise UnfitError(f"{case.target.path} and {rival.target.path} of {rival.name} answer differently.")


def _answer(servers: Mapping[str, Server], target: Target) -> bytes:
    status, _, body = servers[target.server].ask(target.path, _headers(servers, target))
    if status != target.status:
        raise UnfitError(f"{target.path} of {target.server!r} answers {status}, not {target.status}.")
    return body


def _headers(servers: Mapping[str, Server], target: Target) -> dict[str, str]:
    headers = dict(target.headers)
    if headers.get("If-None-Match") == "<etag>":
        headers["If-None-Match"] = servers[target.server].ask(target.path, {})[1].get("ETag", "")
    return headers


def _load(wrk: str, servers: Mapping[str, Server], target: Target, seconds: int) -> Run:
    """One run of wrk."""
    server = servers[target.server]
    command = [wrk, "--threads=1", f"--connections={CONNECTIONS}", f"--duration={seconds}s", "--timeout=30s"]
    for name, value in _headers(servers, target).items():
        command += ["--header", f"{name}: {value}"]
    before = server.cpu()
    said = subprocess.run(
        [*command, server.url + target.path], capture_output=True, text=True, check=True, timeout=seconds + 60
    ).stdout
    used = server.cpu() - before
    _wait_idle(server)
    if trouble := re.search(r"(Socket errors|Non-2xx or 3xx responses): .*", said):
        raise UnfitError(f"wrk at {target.path} of {target.server!r}: {trouble[0]}")
    count, rate = re.search(r"(\d+) requests in", said), re.search(r"Requests/sec:\s+([\d.]+)", said)
    if count is None or rate is None or not int(count[1]) or not used:
        raise UnfitError(f"wrk at {target.path} of {target.server!r} got no answer in {seconds} s.")
    return Run(float(rate[1]), used / int(count[1]))


def _wait_idle(server: Server, *, most: float = 10.0) -> None:
    """Let a server finish what wrk no longer waits for, so that the next contestant does not pay for it."""
    until = time.monotonic() + most
    while time.monotonic() < until:
        before = server.cpu()
        time.sleep(0.1)
        if server.cpu() - before < 0.02:
            return


if __name__ == "__main__":
    sys.exit(main())
