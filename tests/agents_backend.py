"""What ``test_agents_servers.py`` serves: agents that wait to be told to go on, one that never ends, one that works."""

from __future__ import annotations

import asyncio
import threading

from flask import Flask

from flask_openbb import AgentQuery, OpenBB, agents

PATIENCE = 60
"""Seconds an agent waits for its test."""
PRICES = {"AAPL": [189.5, 191.25], "MSFT": [402.0, float("nan")]}


def create_app() -> Flask:
    """A service of prices and of agents."""
    app = Flask("agents_backend")
    openbb = OpenBB(app)
    gate, closed = threading.Event(), threading.Event()

    @app.post("/open")
    def open_gate():
        gate.set()
        return "open"

    @app.get("/closed")
    def wait_until_closed():
        return "closed" if closed.wait(PATIENCE) else "open"

    @app.post("/gated")
    @openbb.agent
    def gated(query: AgentQuery):
        yield "one"
        yield "two" if gate.wait(PATIENCE) else "late"

    @app.post("/gated-async")
    @openbb.agent
    async def gated_async(query: AgentQuery):
        yield "one"
        yield "two" if await asyncio.to_thread(gate.wait, PATIENCE) else "late"

    @app.post("/endless")
    @openbb.agent
    def endless(query: AgentQuery):
        try:
            while True:
                yield "x" * 65_536
        finally:
            closed.set()

    @app.post("/endless-async")
    @openbb.agent
    async def endless_async(query: AgentQuery):
        try:
            while True:
                yield "x" * 65_536
        finally:
            await asyncio.sleep(0)
            closed.set()

    @app.post("/quiet")
    @openbb.agent
    async def quiet(query: AgentQuery):
        try:
            yield "one"
            await asyncio.Event().wait()
        finally:
            closed.set()

    @app.post("/fails")
    @openbb.agent
    def fails(query: AgentQuery):
        yield "one"
        raise RuntimeError("a secret of the server")

    add_analyst(app, openbb)
    return app


def add_analyst(app: Flask, openbb: OpenBB) -> None:
    """A widget, and an agent that asks for its data."""

    @app.get("/prices")
    @openbb.table
    def prices(symbol: str = "AAPL"):
        """Closing prices of one symbol."""
        return [{"symbol": symbol, "price": {"close": close}} for close in PRICES[symbol]]

    @app.post("/query")
    @openbb.agent(features=["widget-dashboard-select"])
    def analyst(query: AgentQuery):
        """Says how far prices went."""
        if not query.results:
            [widget] = query.widgets.primary
            yield agents.reasoning("Fetching prices", details={"symbol": "MSFT"})
            yield agents.get_widget_data(widget, widget.request(symbol="MSFT"), extra_state={"asked": query.text})
        yield f"{query.extra_state['asked']} "
        for result in query.results:
            rows = [row for row in result.rows() if row["price_close"] is not None]
            yield f"{rows[0]['symbol']}: {rows[-1]['price_close']}. "
            yield agents.chart(rows, type="bar", x="symbol", y="price_close", name=rows[0]["symbol"])
        yield agents.citations(agents.cite(result) for result in query.results)
