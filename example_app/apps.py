"""The four dashboards of the service, as Workspace's gallery of apps offers them.

Widgets are packed in the order given; parameters that several of them share move together, without being told so.
"""

from __future__ import annotations

from typing import Any

from flask_openbb import Group, McpServer, place

from .extensions import openbb
from .widgets import (
    agent,
    clients,
    desk,
    fx,
    macro,
    overview,
    portfolio,
    prices,
    research,
    risk,
    screens,
    shares,
    trading,
    trends,
)

PICTURES: dict[str, Any] = {"img": "static/dark.svg", "img_dark": "static/dark.svg", "img_light": "static/light.svg"}

openbb.app(
    "Market overview",
    description="Stocks, volatility, oil and consumer prices, 2014 to 2018.",
    tabs={
        "Overview": [overview.headlines, "api_performance", overview.briefing, prices.comparison],
        "Prices": [prices.candles, prices.history, prices.years, prices.every_quote],
        "Chart": [trading.chart],
        "Trading": [
            trading.closes,
            trading.volume,
            trading.changes,
            trading.seasons,
            trading.quote,
            trading.year_range,
        ],
        "Risk": [risk.correlation, risk.drawdowns],
        "Macro": ["macro_inflation", macro.oil_and_prices],
    },
    prompts=[
        f"Which index lost more in 2018, and when did it start? Use {openbb.mention(prices.comparison)}.",
        "How did oil and core inflation move together?",
        "Explain the correlation of the VIX with the S&P 500.",
    ],
    selected_agent=agent.market_desk,
    **PICTURES,
)

openbb.app(
    "Portfolio",
    description="A model portfolio of two indices and oil: positions, purchases, value, and other weights.",
    tabs={
        # A click on a symbol of the positions sets "holding" in the table of purchases: both are in one group.
        "Positions": [portfolio.summary, portfolio.positions, portfolio.lots, portfolio.value],
        "What if": [place(portfolio.what_if, h=18), portfolio.years],
        "Trends": [
            trends.closes,
            trends.consumer_prices,
            trends.returns,
            trends.ranges,
            trends.volatility_and_change,
            trends.months,
            trends.spread,
            trends.month_by_year,
            # Starts as columns here, though the widget itself starts as columns and a line.
            place(trends.risk_and_return, state={"chartView": {"enabled": True, "chartType": "groupedColumn"}}),
        ],
        "Shares": [
            shares.positions,
            shares.purchases,
            shares.gains,
            shares.moves,
            shares.seasonality,
            shares.days_up,
        ],
    },
    groups=[
        Group(
            "Group 1",
            param_name="holding",
            widgets=[portfolio.positions, portfolio.lots],
            default_value="NASDAQ",
        ),
        "auto",
    ],
    prompts=[f"What drove the gain of {openbb.mention(portfolio.positions)}?"],
    **PICTURES,
)

openbb.app(
    "Research",
    description="What the desk publishes: news, reports, documents and an assistant.",
    tabs={
        "News": [
            # The year of oil's fall, where the widget itself starts with stocks.
            place(research.news, params={"symbol": "WTI", "count": 20}),
            research.fact_sheet,
            research.checklist,
            desk.ask,
            place("rich_note", w=20, h=8, state={"storage": {"text": "What moved oil in these days?"}}),
        ],
        "Reports": [research.report, research.selected_reports, research.documents, research.document],
        "Media": [research.video, research.page],
    },
    prompts=[f"Summarise {openbb.mention(research.report)} in three sentences."],
    mcp_servers=[
        McpServer(
            "OpenBB Docs",
            research.DOCS_MCP,
            description="OpenBB's documentation, for questions about Workspace itself.",
        )
    ],
    **PICTURES,
)

openbb.app(
    "Operations",
    description="Clients and limits, exchange rates, and the screens of the analysts.",
    tabs={
        "Clients": [clients.mandates, clients.strategies, clients.limits],
        "Exchange rates": [fx.rates, fx.history, fx.converter],
        "Screens": [screens.days, screens.levels, screens.sql, screens.memo],
    },
    prompts=[f"How many days of {openbb.mention(screens.days)} were Mondays?"],
    allow_customization=False,
    **PICTURES,
)
