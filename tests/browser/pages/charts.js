// Draws chart widgets with the libraries, and the options, that OpenBB Workspace's client draws them with (its
// PlotlyChart, ChartHighcharts and ChartVegaLite), and tells what the libraries made of them.
"use strict";

const asList = (values) => (values === undefined || values === null ? null : Array.from(values));
const matrix = (values) => asList(values)?.map((row) => (ArrayBuffer.isView(row) ? Array.from(row) : row));

function plotlyTrace(trace, calculated) {
  const lists = ["x", "y", "open", "high", "low", "close", "labels", "values", "r", "theta"];
  const found = { type: trace.type, name: trace.name ?? null, points: calculated.length };
  for (const key of lists) if (trace[key] !== undefined) found[key] = asList(trace[key]);
  if (trace.z !== undefined) found.z = matrix(trace.z);
  return found;
}

// Workspace's own settings around a figure of a custom backend.
async function drawChart(id) {
  await load("plotly.js-dist-min/plotly.min.js");
  const widget = workspace.widgets.body[id];
  const body = await answer(id);
  const key = widget.data?.dataKey;
  const figure = (key ? at(body, key) : body?.results) ?? body;
  if (!(figure.data?.length > 0)) throw new Error("Workspace draws no chart without data");
  const { clientWidth: width, clientHeight: height } = card();
  const modebar = { bgcolor: "transparent", orientation: "v", ...figure.layout?.modebar };
  const config = {
    plotGlPixelRatio: 1,
    scrollZoom: true,
    responsive: true,
    displaylogo: false,
    displayModeBar: "hover",
    ...figure.config,
  };
  const layout = { ...figure.layout, width, height, modebar };
  const drawn = await Plotly.newPlot(card(), structuredClone(figure.data), layout, config);
  const full = drawn._fullLayout;
  return {
    body: figure,
    traces: drawn._fullData.map((trace, index) => plotlyTrace(trace, drawn.calcdata[index])),
    shapes: drawn.querySelectorAll(".points > .point, .points > path, .boxes > .box, .slice, .hm image").length,
    toolbar: drawn.querySelector(".modebar-group") !== null,
    paper: full.paper_bgcolor.toLowerCase(),
    background: colourOf(".main-svg", "backgroundColor"),
    plot: colourOf(".bglayer .bg", "fill"),
    text: textColours(".slice"),
    titles: [...drawn.querySelectorAll(".gtitle, .xtitle")].map((title) => title.textContent),
    grid: colourOf(".gridlayer path", "stroke"),
  };
}

const BUNDLES = {
  chart: "highcharts",
  stockChart: "highstock",
  mapChart: "highmaps",
  ganttChart: "highcharts-gantt",
};
const highcharts = {};

// Each constructor is of a bundle of its own, as in the client; a page of its own would be the other way.
async function bundle(constructor) {
  if (!highcharts[constructor]) {
    delete globalThis.Highcharts;
    delete globalThis._Highcharts;
    await load(`highcharts/${BUNDLES[constructor]}.js`);
    highcharts[constructor] = globalThis.Highcharts;
  }
  return highcharts[constructor];
}

async function drawHighcharts(id) {
  const body = await answer(id);
  const constructor = body.constructorType ?? "chart";
  const library = await bundle(constructor);
  const options = structuredClone(body.userOptions);
  options.accessibility = { enabled: false }; // or it warns that this module is not loaded, in the client as here
  options.plotOptions = { ...options.plotOptions };
  options.plotOptions.series = { ...options.plotOptions.series, animation: false };
  const chart = library[constructor](card(), options);
  return {
    body,
    constructor,
    series: chart.series
      .filter((series) => !series.options.isInternal)
      .map((series) => ({
        type: series.type,
        name: series.name,
        points: series.points.map(({ x, y, open, high, low, close, category, name, start, end, value }) =>
          JSON.parse(JSON.stringify({ x, y, open, high, low, close, category, name, start, end, value })),
        ),
        shapes: series.points.filter((point) => point.graphic?.element.getBBox().height > 0).length,
      })),
    background: colourOf(".highcharts-background", "fill"),
    text: textColours(".highcharts-credits"),
    grid: colourOf(".highcharts-yaxis-grid .highcharts-grid-line", "stroke"),
  };
}

const TEXTS = ["axis-label", "axis-title", "legend-label", "legend-title", "title-text"];

function everyItem(group, found = []) {
  for (const item of group.items ?? []) {
    if (item.marktype) found.push(item);
    everyItem(item, found);
  }
  return found;
}

async function drawVegaLite(id) {
  await load("vega/build/vega.min.js");
  await load("vega-lite/build/vega-lite.min.js");
  await load("vega-embed/build/vega-embed.min.js");
  const body = await answer(id);
  const { clientWidth: width, clientHeight: height } = card();
  const warnings = [];
  const logger = vega.logger(vega.Warn, undefined, () => ({
    error: (...words) => warnings.push(words.join(" ")),
    warn: (...words) => warnings.push(words.join(" ")),
    info() {},
    debug() {},
  }));
  const { view } = await vegaEmbed(
    card(),
    { ...structuredClone(body), width, height, autosize: "fit" },
    { actions: false, renderer: "canvas", logger },
  );
  const marks = everyItem({ items: [view.scenegraph().root] });
  const role = (name) => marks.filter((mark) => mark.role === name).flatMap((mark) => mark.items);
  return {
    body,
    warnings,
    marks: marks
      .filter((mark) => mark.role === "mark" && mark.marktype !== "group")
      .map((mark) => ({ type: mark.marktype, data: mark.items.map((item) => item.datum), fill: mark.items[0]?.fill })),
    background: view.background()?.toLowerCase() ?? null,
    text: [...new Set(TEXTS.flatMap(role).map((item) => item.fill.toLowerCase()))].sort(),
    grid: role("axis-grid")[0]?.stroke?.toLowerCase() ?? null,
    size: [card().querySelector("canvas").width, card().querySelector("canvas").height],
  };
}

DRAWERS.chart = drawChart;
DRAWERS["chart-highcharts"] = drawHighcharts;
DRAWERS["chart-vegalite"] = drawVegaLite;
