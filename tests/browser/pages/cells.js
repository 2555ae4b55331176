// Draws a table with AG Grid, its sparklines too, and its cells as OpenBB Workspace's client draws them (its
// getColumnDefs, CellOnHover, HoverCardCellRenderer, CellOnClickRenderer and useCellOnClickHandler).
"use strict";

const NAMED = { green: "#22c55e", red: "#ef4444", blue: "#0088CC" };
const BY_SIGN = [
  { condition: "gt", value: 0, color: "green" },
  { condition: "lt", value: 0, color: "red" },
];

// What clicks did: the params they set, and what they sent to agents.
const clicks = { params: {}, messages: [] };

function contrast(hex) {
  const [red, green, blue] = [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16));
  return red * 0.299 + green * 0.587 + blue * 0.114 > 150 ? "#000000" : "#ffffff";
}

function applies({ condition, value: than, range = {} }, value) {
  const [text, part] = [value, than].map((one) => one?.toString().toLowerCase());
  const number = typeof value === "number";
  const ordered = number && typeof than === "number";
  return {
    eq: value === than,
    ne: value !== than,
    between: number && value >= range.min && value <= range.max,
    contains: text?.includes(part),
    notContains: !text?.includes(part),
    gt: ordered && value > than,
    lt: ordered && value < than,
    gte: ordered && value >= than,
    lte: ordered && value <= than,
  }[condition];
}

function cellStyle(column, value, row) {
  const { colorRules, colorValueKey } = column.renderFnParams ?? {};
  const coloured = ["columnColor", "greenRed"].some((fn) => column.renderFn?.includes(fn)) || colorRules?.length > 0;
  const style = {};
  if (!coloured) return style;
  const compared = row[colorValueKey] ?? value;
  for (const rule of (colorRules ?? BY_SIGN).filter((one) => applies(one, compared))) {
    const colour = NAMED[rule.color] ?? rule.color;
    if (rule.fill) Object.assign(style, { backgroundColor: colour, color: contrast(colour) });
    else style.color = colour;
  }
  return style;
}

function label(text) {
  const words = text.replace(/([a-z\d])([A-Z])/g, "$1 $2").replace(/_/g, " ");
  return words.replace(/\b\w/g, (letter) => letter.toUpperCase());
}

// As the docs tell of formatterFn: "normalized" multiplies by 100, "percent" adds the sign.
function formatted({ formatterFn = "", decimalPlaces }, value) {
  if (formatterFn === "dateToYear") return String(value).slice(0, 4);
  if (typeof value !== "number") return value;
  const scaled = formatterFn?.startsWith("normalized") ? value * 100 : value;
  const places = formatterFn === "int" ? 0 : decimalPlaces;
  const digits = places === undefined ? String(scaled) : scaled.toFixed(places);
  return /percent/i.test(formatterFn ?? "") ? `${digits}%` : digits;
}

function cellText(column, value) {
  const { prefix = "", suffix = "" } = column;
  if (column.renderFn?.includes("titleCase") && typeof value === "string") {
    const words = label(value).split(" ");
    return words.map((word) => word.replace(/\w{4,}/g, (part) => part.toLowerCase()).replace(/\w/, (one) => one.toUpperCase())).join(" ");
  }
  return `${prefix}${formatted(column, value)}${suffix}`;
}

function filled(markdown, values) {
  return markdown.replace(/{([^}]+)}/g, (_, key) => values[key] || "");
}

function clicked({ actionType, groupBy, sendToAgent }, value, row) {
  const found = groupBy?.valueField ? (row[groupBy.valueField] ?? value) : value;
  if (actionType === "groupBy") clicks.params[groupBy.paramName] = found;
  if (actionType === "sendToAgent") {
    clicks.messages.push([sendToAgent.agentId, filled(sendToAgent.markdown, { value, ...row })]);
  }
}

function plainCell(column, value, row) {
  if (value === null || value === undefined) return document.createTextNode("-");
  const cell = element("p", cellText(column, value), { margin: 0, ...cellStyle(column, value, row) });
  if (column.renderFn?.includes("cellOnClick")) cell.onclick = () => clicked(column.renderFnParams, value, row);
  return cell;
}

function hoverCell(column, value, row) {
  const { title, markdown, cellField = "value" } = column.renderFnParams?.hoverCard ?? {};
  const whole = typeof value === "object";
  const others = Object.entries((whole && value) || {}).filter(([key]) => key !== cellField);
  const listed = others.map(([key, one]) => `- **${label(key)}**: ${one ?? "-"}\n\n`).join("");
  const heading = title && !markdown?.includes("{title}") ? `## ${title}\n` : "";
  const text = heading + filled(markdown ?? listed, { ...(whole ? value : row), title });
  const cell = document.createElement("span");
  cell.append(plainCell(column, whole ? (value?.[cellField] ?? null) : value, row));
  cell.onmouseenter = () => markdownInto(document.getElementById("hover"), text);
  return cell;
}

function sparklineColumn({ field, sparkline: { type, dataField, options = {} } }) {
  const { customFormatter, pointsOfInterest, markers, tooltip, ...drawn } = options;
  return {
    cellRenderer: "agSparklineCellRenderer",
    valueGetter: ({ data }) => (Array.isArray(data[dataField ?? field]) ? data[dataField ?? field] : []),
    cellRendererParams: { sparklineOptions: { type, ...drawn, ...(markers && { marker: markers }) } },
  };
}

function columnOf(column) {
  const base = { colId: column.field, field: column.field, headerName: column.headerName, hide: column.hide, width: 130 };
  if (column.sparkline) return { ...base, ...sparklineColumn(column) };
  if (column.renderFn?.includes("showCellChange")) return { ...base, cellRenderer: "agAnimateShowChangeCellRenderer" };
  const cell = column.renderFn?.includes("hoverCard") ? hoverCell : plainCell;
  return { ...base, valueFormatter: ({ value }) => String(value), cellRenderer: ({ value, data }) => cell(column, value, data) };
}

async function tableLibrary() {
  await load("ag-charts-community/dist/umd/ag-charts-community.min.js");
  await load("ag-grid-enterprise/dist/ag-grid-enterprise.min.js");
  agGrid.ModuleRegistry.registerModules([agGrid.SparklinesModule.with(agCharts.AgChartsCommunityModule)]);
}

const nextFrame = () => new Promise(requestAnimationFrame);

let grid;

async function drawTable(id) {
  await tableLibrary();
  const widget = workspace.widgets.body[id];
  const rows = underKey(id, await answer(id));
  const declared = widget.data?.table?.columnsDefs ?? [];
  const columns = declared.length > 0 ? declared : Object.keys(rows[0]).map((field) => ({ field, headerName: field }));
  const { backgroundColor, color } = getComputedStyle(document.body);
  Object.assign(clicks, { params: {}, messages: [] });
  card().style.width = "2000px";
  await new Promise((resolve) => {
    grid = agGrid.createGrid(card(), {
      theme: agGrid.themeQuartz.withParams({ backgroundColor, foregroundColor: color, fontFamily: "sans-serif" }),
      rowData: rows,
      columnDefs: columns.map(columnOf),
      suppressFieldDotNotation: true,
      suppressColumnVirtualisation: true,
      suppressAnimationFrame: true,
      onFirstDataRendered: resolve,
    });
  });
  await nextFrame();
  await nextFrame();
  const hover = element("div", "");
  hover.id = "hover";
  card().append(hover);
  return { rows: rows.length, cells: [...card().querySelectorAll(".ag-row")].map(readRow) };
}

function readRow(row) {
  return Object.fromEntries(
    [...row.querySelectorAll(".ag-cell")].map((cell) => {
      const part = cell.querySelector("p");
      const style = part && { color: part.style.color, fill: part.style.backgroundColor };
      return [cell.getAttribute("col-id"), { text: cell.textContent.trim(), ...style }];
    }),
  );
}

// How many pixels of a sparkline are of a colour, "#rrggbb", once they are "enough": it is drawn some frames later.
async function sparklinePixels(field, row, hex, enough) {
  let count = 0;
  const find = () => card().querySelector(`.ag-row[row-index="${row}"] .ag-cell[col-id="${field}"] canvas`);
  for (let left = 120; left > 0 && count < enough; left -= 1) {
    await nextFrame();
    const canvas = find();
    if (!canvas?.width) continue;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    count = 0;
    for (let start = 0; start < data.length; start += 4) {
      if (data[start + 3] === 255 && hexOf([...data.slice(start, start + 3)]) === hex) count += 1;
    }
  }
  return count;
}

DRAWERS.table = drawTable;
