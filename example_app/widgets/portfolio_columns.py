"""The columns of the portfolio's tables: every way in which Workspace formats, colours and draws a cell.

Lists of ``Column`` and nothing else, so that the views beside them stay readable.
"""

from __future__ import annotations

from flask_openbb import (
    ColorRule,
    Column,
    click_to_group,
    color_rules,
    green_red,
    hover_card,
    send_to_agent,
    sparkline,
    title_case,
)

# Risk is the volatility of a year: a colour for each band, and a filled cell where it is high.
_RISK = color_rules(
    ColorRule.lte(12, "blue"),
    ColorRule.lt(10, "green"),
    ColorRule.between(15, 20, "#FFD700", fill=True),
    ColorRule.gte(20, "red", fill=True),
    ColorRule.gt(40, "#8B0000", fill=True),
)
_MARKET = color_rules(
    # In this order: where several rules hold, the last one counts.
    ColorRule.ne("volatility", "green"),
    ColorRule.not_contains("equity", "#888"),
    ColorRule.eq("equity", "blue"),
    ColorRule.contains("commod", "#FFA500"),
    by="market",
)
_CLOSES = sparkline(
    "line",
    stroke="#2563eb",
    stroke_width=1.5,
    points_of_interest={
        "minimum": {"fill": "#dc2626", "size": 5},
        "maximum": {"fill": "#16a34a", "size": 5},
        "first_last": {"fill": "#2563eb", "stroke": "#ffffff", "stroke_width": 1, "size": 4},
    },
    markers={"enabled": True, "shape": "circle", "size": 1},
    highlight_style={"fill": "#f59e0b", "stroke": "#ffffff", "stroke_width": 1},
    tooltip={"enabled": True},
    padding={"top": 4, "right": 4, "bottom": 4, "left": 4},
)
_DRAWDOWN = sparkline(
    "area",
    data_field="drawdown",
    x_key="day",
    y_key="fall",
    fill="#dc2626",
    fill_opacity=0.25,
    stroke="#dc2626",
    min=-80,
    max=0,
    axis={"type": "category", "stroke": "#71717a", "stroke_width": 1},
)
_YEARS = sparkline(
    "bar",
    direction="vertical",
    label={"enabled": False},
    # A formatter is code that Workspace runs in the browser of whoever looks at the table: a literal, never data.
    custom_formatter="(point) => ({ fill: point.yValue >= 0 ? '#16a34a' : '#dc2626' })",
)

POSITIONS = [
    Column(
        "symbol",
        chart_data_type="category",
        pinned="left",
        width=110,
        min_width=80,
        max_width=160,
        render=click_to_group("holding", value_field="symbol", force_update=True),
        header_tooltip="Click to see the purchases",
    ),
    Column(
        "name",
        header_name="Instrument",
        cell_data_type="object",
        chart_data_type="excluded",
        render=hover_card(
            cell_field="value",
            title="Instrument",
            markdown="**Market:** {market}\n\n**Unit:** {unit}\n\n**Purchases:** {lots}",
        ),
    ),
    Column("market", cell_data_type="text", chart_data_type="category", render=[title_case(), _MARKET]),
    Column("units", cell_data_type="number", formatter_fn="int", align="right"),
    Column("last", formatter_fn="none", decimal_places=2, prefix="$", align="right"),
    Column("value", decimal_places=0, prefix="$", suffix=" USD", chart_data_type="series"),
    Column("gain", decimal_places=0, render=green_red()),
    Column(
        "move",
        header_name="Gain, %",
        formatter_fn="percent",
        render=[
            green_red(),
            send_to_agent("Why did {symbol} move by {value} % since it was bought?", agent="market_desk"),
        ],
    ),
    Column("share", header_name="Share", formatter_fn="normalizedPercent", decimal_places=1),
    Column("risk", header_name="Volatility", formatter_fn="percent", render=_RISK),
    Column("closes", header_name="60 days", render=_CLOSES),
    Column("drawdown", header_name="Drawdown of a year", render=_DRAWDOWN),
    Column("years", header_name="Years", render=_YEARS),
    Column("as_of", header_name="As of", cell_data_type="dateString", chart_data_type="time"),
    Column("in_profit", cell_data_type="boolean", chart_data_type="excluded", hide=True),
]

LOTS = [
    Column("result", chart_data_type="category", row_group=True, hide=True, header_tooltip="Gain or loss"),
    Column("bought", cell_data_type="date", chart_data_type="time", formatter_fn="dateToYear", header_name="Year"),
    Column("units", formatter_fn="int", agg_func="sum"),
    Column("price", decimal_places=2, prefix="$"),
    Column("cost", decimal_places=0, prefix="$", agg_func="sum"),
    Column("value", decimal_places=0, prefix="$", agg_func="sum", render=green_red(by="gain")),
    Column("gain", decimal_places=0, agg_func="sum", render=green_red()),
    Column("move", header_name="Gain, %", formatter_fn="percent"),
    Column("multiple", header_name="Worth, % of cost", formatter_fn="normalized", decimal_places=0),
    Column("share", header_name="Share", formatter_fn="normalizedPercent", decimal_places=1),
]

YEARS = [
    Column("year", cell_data_type="text", chart_data_type="category"),
    Column("paid", prefix="$"),
    Column("value", prefix="$"),
]
