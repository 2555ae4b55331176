"""What is asked below the endpoint of a chart. Imports nothing, so that ``web`` knows the names without the feeds.

Source: TradingView's documentation, UDF; CLIENT's UDF data feed.
"""

from __future__ import annotations

ENDPOINTS = ("config", "symbols", "search", "history", "marks", "timescale_marks", "time", "quotes")
