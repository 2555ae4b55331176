"""The four dashboards of the service, as Workspace's gallery of apps offers them."""

from __future__ import annotations

from .extensions import openbb
from .widgets import (
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

openbb.app(
    "Market overview",
    description="Stocks, volatility, oil and consumer prices, 2014 to 2018.",
    tabs={
        "Overview": [overview.headlines, "api_performance", overview.briefing, prices.comparison],
        "Prices": [prices.candles, prices.history, prices.years],
        "Trading": [trading.closes, trading.volume, trading.changes, trading.seasons, trading.quote],
        "Risk": [risk.correlation, risk.drawdowns],
        "Macro": ["macro_inflation", macro.oil_and_prices],
    },
    prompts=[
        "Which index lost more in 2018, and when did it start? Use @[id:prices_comparison].",
        "How did oil and core inflation move together?",
        "Explain the correlation of the VIX with the S&P 500.",
    ],
)

openbb.app(
    "Portfolio",
    description="A model portfolio of two indices and oil: positions, purchases, value, and other weights.",
    tabs={
        "Positions": [portfolio.summary, portfolio.positions, portfolio.lots, portfolio.value],
        "What if": [portfolio.what_if, portfolio.years],
        "Trends": [
            trends.closes,
            trends.consumer_prices,
            trends.returns,
            trends.ranges,
            trends.volatility_and_change,
            trends.months,
            trends.spread,
            trends.month_by_year,
            trends.risk_and_return,
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
    prompts=["What drove the gain of @[id:portfolio_positions]?"],
)

openbb.app(
    "Research",
    description="What the desk publishes: news, reports, documents and an assistant.",
    tabs={
        "News": [research.news, research.fact_sheet, research.checklist, desk.ask],
        "Reports": [research.report, research.selected_reports, research.documents, research.document],
        "Media": [research.video, research.page],
    },
    prompts=["Summarise @[id:research_report] in three sentences."],
)

openbb.app(
    "Operations",
    description="Clients and limits, exchange rates, and the screens of the analysts.",
    tabs={
        "Clients": [clients.mandates, clients.strategies, clients.limits],
        "Exchange rates": [fx.rates, fx.history, fx.converter],
        "Screens": [screens.days, screens.levels, screens.sql, screens.memo],
    },
    prompts=["How many days of @[id:screens_days] were Mondays?"],
)
