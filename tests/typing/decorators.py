"""What a user's type checker sees; checked by ``mypy``, never run."""

from collections.abc import Callable
from datetime import date

from flask import Flask
from marshmallow import Schema
from typing_extensions import assert_type

from flask_openbb import ApiKeyAuth, Column, Credentials, Fault, Grid, Identity, OpenBB, Param, any_of, days_ago

app = Flask(__name__)
openbb = OpenBB(app, auth=any_of(ApiKeyAuth(["k"]), lambda credentials: None))


class Price(Schema):
    pass


@app.get("/bare")
@openbb.table
def bare(symbol: str, start: date = days_ago(365)) -> list[dict[str, float]]:
    return []


@app.get("/called")
@openbb.chart(name="Called", grid=(20, 10), columns=[Column("close")], params=[[Param("a")], Param("b")])
def called(n: int = 1) -> dict[str, object]:
    return {}


@openbb.register_widget({"name": "x", "endpoint": "old"})
@app.get("/old")
def old() -> str:
    return ""


@app.get("/any")
@openbb.widget(type="omni", grid=Grid(10, 10), columns=Price, refetch_interval=False, auth=ApiKeyAuth(["x"]))
def anything() -> str:
    return ""


@app.get("/options")
@openbb.options
def options() -> list[str]:
    return []


def policy(credentials: Credentials) -> Identity | None:
    return None


# Decorators keep the view's own signature.
assert_type(bare("AAPL"), list[dict[str, float]])
assert_type(called(n=2), dict[str, object])
assert_type(old(), str)
assert_type(options(), list[str])
assert_type(openbb.validate(app), tuple[Fault, ...])
checked: Callable[[Credentials], Identity | None] = policy

bare(3)  # type: ignore[arg-type]
openbb.table(refetchInterval=1)  # type: ignore[call-overload]
openbb.table(grid="wide")  # type: ignore[call-overload]
openbb.widget(type=3)  # type: ignore[arg-type]
