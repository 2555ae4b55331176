"""What OpenBB Workspace shows: one blueprint a subject, and the app that lays them out."""

from __future__ import annotations

from ..extensions import openbb
from . import macro, overview, prices, risk, symbols

blueprints = [symbols.bp, overview.bp, prices.bp, risk.bp, macro.bp]

openbb.app(
    "Market overview",
    description="Stocks, volatility, oil and consumer prices, 2014 to 2018.",
    tabs={
        "Overview": [overview.headlines, "api_performance", overview.briefing, prices.comparison],
        "Prices": [prices.candles, prices.history, prices.years],
        "Risk": [risk.correlation, risk.drawdowns],
        "Macro": ["macro_inflation", macro.oil_and_prices],
    },
    prompts=[
        "Which index lost more in 2018, and when did it start? Use @[id:prices_comparison].",
        "How did oil and core inflation move together?",
        "Explain the correlation of the VIX with the S&P 500.",
    ],
)
