// Draws an advanced chart with TradingView's Lightweight Charts, fed as OpenBB Workspace's client feeds its chart (its
// udf-compatible-datafeed-base.ts, history-provider.ts and requester.ts): it sends the headers of the connection,
// looks at no status, asks for bars by the ticker that the symbol was resolved to, and pages back by countback.
"use strict";

async function asked(base, part, params = {}) {
  const url = new URL(`${base}/${part}`);
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  const answer = await fetch(url, { credentials: "same-origin", headers: workspace.headers });
  return JSON.parse(await answer.text());
}

const asDay = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);

// Every bar there is, "count" at a time, oldest first.
async function barsOf(base, symbol, resolution, count) {
  const bars = [];
  for (let to = Math.floor(Date.now() / 1000); ; to = bars[0].time) {
    const params = { symbol: symbol.ticker ?? "", resolution, from: to - 86_400 * count, to, countback: count };
    const page = await asked(base, "history", params);
    if (page.s !== "ok" && page.s !== "no_data") throw new Error(page.errmsg);
    if (page.s === "no_data") return bars;
    const found = page.t.map((time, place) => ({
      time,
      open: Number.parseFloat(page.o[place]),
      high: Number.parseFloat(page.h[place]),
      low: Number.parseFloat(page.l[place]),
      close: Number.parseFloat(page.c[place]),
    }));
    bars.unshift(...found);
  }
}

async function drawFeed(id, [symbolName, resolution, count]) {
  await load("lightweight-charts/dist/lightweight-charts.standalone.production.js");
  const widget = workspace.widgets.body[id];
  const base = absoluteUrl(widget.endpoint, workspace.base);
  const config = await asked(base, "config");
  if (!(config.supports_search || config.supports_group_request)) throw new Error("Unsupported datafeed configuration");
  const symbol = await asked(base, "symbols", { symbol: symbolName ?? widget.data.defaultSymbol });
  if (symbol.s !== undefined || !("name" in symbol)) throw new Error("unknown_symbol");
  const bars = await barsOf(base, symbol, resolution, count);
  const dark = workspace.theme === "dark";
  const line = { color: dark ? "#2a2a2f" : "#e5e5e5" };
  const chart = LightweightCharts.createChart(card(), {
    width: card().clientWidth,
    height: card().clientHeight,
    grid: { vertLines: line, horzLines: line },
    layout: { background: { color: dark ? "#151518" : "#ffffff" }, textColor: dark ? "#ffffff" : "#222222" },
  });
  const precision = Math.log10(symbol.pricescale);
  const priceFormat = { type: "price", precision, minMove: symbol.minmov / symbol.pricescale };
  const series = chart.addSeries(LightweightCharts.CandlestickSeries, { priceFormat });
  series.setData(symbol.has_intraday ? bars : bars.map((bar) => ({ ...bar, time: asDay(bar.time) })));
  chart.timeScale().fitContent();
  // It is fitted with the next picture.
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  return { config, symbol, bars: series.data(), shown: chart.timeScale().getVisibleLogicalRange() };
}

DRAWERS.advanced_charting = drawFeed;
