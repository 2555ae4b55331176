"""The peer: FastAPI serves the same trivial widget, table and manifest, as OpenBB's own examples do it.

uvicorn imports :data:`app`. All but one of its views are ``async def``, the faster way: no thread pool. Its manifest
is a dict kept by hand, which nothing checks (a copy of ours), served in three ways, because people do all three.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from .data import flat_rows, nested_rows
from .ours import many_widgets

app = FastAPI()

_WIDGETS = many_widgets().test_client().get("/widgets.json").get_json()
_FOLDER = tempfile.TemporaryDirectory()
_FILE = Path(_FOLDER.name) / "widgets.json"
_FILE.write_text(json.dumps(_WIDGETS))
_ROWS = flat_rows()
_NESTED = nested_rows()


class Row(BaseModel):
    """One row, validated as FastAPI's tutorial does it."""

    symbol: str
    day: str
    price_open: float
    price_high: float
    price_low: float
    price_close: float
    trade_volume: int
    trade_adjusted: bool


@app.get("/hello")
async def hello():
    return "# Hello World"


@app.get("/dict/widgets.json")
async def widgets_dict():
    return _WIDGETS


@app.get("/file/widgets.json")
def widgets_file():
    """As the tutorial of OpenBB's docs has it: the file is read at each request."""
    with _FILE.open() as file:
        return JSONResponse(content=json.load(file))


@app.get("/json/widgets.json")
async def widgets_json():
    return JSONResponse(content=_WIDGETS)


@app.get("/list")
async def flat() -> list[dict[str, Any]]:
    return _ROWS


@app.get("/unannotated")
async def unannotated():
    return _ROWS


@app.get("/model", response_model=list[Row])
async def model():
    return _ROWS


@app.get("/nested")
async def nested() -> list[dict[str, Any]]:
    return _NESTED
