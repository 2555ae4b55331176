// Draws a table widget with AG Grid, which the test loads before (the global "agGrid"), from the widget's
// columnsDefs and its answer, in one of two ways:
//
// "workspace" does what OpenBB Workspace's client does (its getTableData, getColumnDefs and cell renderers): takes
//   the columns from row 0, reads numbers out of text where a column is a series, takes a dot in a field
//   literally, and draws each cell itself: "-" for null, JSON for an object, a hover card's value, a line.
//   Numbers are written in full, where Workspace rounds for display; AG Grid's own sparkline is not in its free
//   edition, so a line here is a polyline.
// "stock" leaves it to AG Grid: an object in a column that is not declared as one shows as "[object Object]".
"use strict";

const NUMBER = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function rowsOf(widget, body) {
  let found = body;
  for (const key of (widget.data?.dataKey ?? "").split(".").filter(Boolean)) found = found?.[key];
  return Array.isArray(found) ? found : [found];
}

function parseCell(value, chartDataType = "series") {
  if (typeof value !== "string" || chartDataType !== "series") return value;
  const text = value.replace(/^[$£€¥₹]/, "").replace(/[,\s%]/g, "");
  return NUMBER.test(text) ? Number.parseFloat(text) : value;
}

// Only what is declared, unless showAll; a key that row 0 lacks is not drawn.
function tableRows(widget, body) {
  const { columnsDefs = [], showAll = false } = widget.data?.table ?? {};
  const types = new Map(columnsDefs.map((column) => [column.field, column.chartDataType]));
  const listed = columnsDefs.length > 0 && !showAll ? columnsDefs.map((column) => column.field) : null;
  return rowsOf(widget, body).map((row) => {
    const fields = (listed ?? Object.keys(row)).filter((field) => row[field] !== undefined);
    return Object.fromEntries(fields.map((field) => [field, parseCell(row[field], types.get(field))]));
  });
}

function asText(value) {
  if (value === null || value === undefined) return "-";
  if (Array.isArray(value)) {
    return value.map((item) => (typeof item === "object" ? JSON.stringify(item) : item)).join(", ");
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function hoverValue(column, value) {
  const { cellField = "value" } = column.renderFnParams?.hoverCard ?? {};
  return value !== null && typeof value === "object" ? value[cellField] : value;
}

const isHover = (column) => Boolean(column.renderFn?.includes("hoverCard"));

function sparkline({ value }) {
  if (!Array.isArray(value)) throw new TypeError("a sparkline needs an array");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  const [low, high] = [Math.min(...value), Math.max(...value)];
  const height = (number) => (high > low ? 24 - (20 * (number - low)) / (high - low) : 14);
  line.setAttribute("points", value.map((number, index) => `${index * 20},${height(number)}`).join(" "));
  line.setAttribute("style", "fill: none; stroke: steelblue; stroke-width: 2");
  svg.append(line);
  return svg;
}

function drawnColumn(column) {
  if (column.sparkline) {
    const from = column.sparkline.dataField ?? column.field;
    const valueGetter = ({ data }) => (Array.isArray(data[from]) ? data[from] : []);
    return { cellRenderer: sparkline, valueGetter, valueFormatter: ({ value }) => asText(value) };
  }
  const shown = isHover(column) ? (value) => asText(hoverValue(column, value)) : asText;
  return {
    valueFormatter: ({ value }) => shown(value),
    cellRenderer: ({ value }) => document.createTextNode(shown(value)),
  };
}

// AG Grid asks for a formatter where cells are objects; everything else it must manage alone.
function stockColumn(column) {
  if (column.cellDataType !== "object") return {};
  return { valueFormatter: ({ value }) => String((isHover(column) ? hoverValue(column, value) : value) ?? "") };
}

function columnDefs(widget, rows, extras) {
  const declared = widget.data?.table?.columnsDefs ?? [];
  const order = [...new Set([...declared.map((column) => column.field), ...Object.keys(rows[0])])];
  return order
    .filter((field) => field in rows[0])
    .map((field) => {
      const column = declared.find((one) => one.field === field) ?? { field };
      const { headerName, cellDataType, pinned = null, hide = false, headerTooltip } = column;
      const { width, minWidth = 50, maxWidth } = column;
      const plain = { colId: field, field, headerName, cellDataType, pinned, hide, headerTooltip };
      return { ...plain, width, minWidth, maxWidth, sortable: true, ...extras(column) };
    });
}

const frames = (count) =>
  new Promise((resolve) => {
    const next = (left) => (left > 0 ? requestAnimationFrame(() => next(left - 1)) : resolve());
    next(count);
  });

// JSON has no undefined, which is what AG Grid says of a value that is not there.
const asJson = (value) => JSON.stringify(value, (_, item) => (item === undefined ? "undefined" : item));

class Table {
  // Fetches a widget of the connected backend and draws it.
  async draw(id, style) {
    const outcome = await workspace.fetchWidget(id);
    if (outcome.status !== 200) return outcome;
    const widget = workspace.widgets.body[id];
    const literal = style === "workspace";
    const rows = literal ? tableRows(widget, outcome.body) : rowsOf(widget, outcome.body);
    const columns = columnDefs(widget, rows, literal ? drawnColumn : stockColumn);
    return this.show(rows, columns, { suppressFieldDotNotation: literal });
  }

  // Gives AG Grid rows and columns, and returns the headers it displays once it has drawn the first rows.
  async show(rowData, columns, options = {}) {
    this.api?.destroy();
    await new Promise((resolve) => {
      this.api = agGrid.createGrid(document.getElementById("grid"), {
        rowData,
        columnDefs: columns,
        rowHeight: 32,
        animateRows: false,
        suppressAnimationFrame: true,
        suppressColumnVirtualisation: true,
        defaultColDef: { width: 140 },
        onFirstDataRendered: resolve,
        ...options,
      });
    });
    return this.api.getAllDisplayedColumns().map((column) => [
      column.getColId(),
      document.querySelector(`.ag-header-cell[col-id="${column.getColId()}"]`).textContent.trim(),
    ]);
  }

  // What AG Grid holds: a list of [colId, value] for each row, hidden columns included, as JSON.
  values() {
    const columns = this.api.getColumns();
    const rows = [];
    this.api.forEachNode((rowNode) => {
      rows.push(columns.map((colKey) => [colKey.getColId(), this.api.getCellValue({ rowNode, colKey })]));
    });
    return asJson(rows);
  }

  // What stands in the cells of the rows drawn at a number of places, from the first row to the last: a list of
  // [row, {colId: text}], as JSON.
  async texts(places) {
    const found = new Map();
    const last = this.api.getDisplayedRowCount() - 1;
    for (let place = 0; place < places; place += 1) {
      const row = Math.round((last * place) / (places - 1));
      this.api.ensureIndexVisible(row, "top");
      await frames(2);
      this.readDrawn(found);
      if (!found.has(row)) throw new Error(`row ${row} was not drawn`);
    }
    return asJson([...found]);
  }

  readDrawn(found) {
    for (const row of document.querySelectorAll(".ag-row[row-index]")) {
      const index = Number(row.getAttribute("row-index"));
      const texts = found.get(index) ?? {};
      // A row is drawn in three parts: what is pinned left, the middle, what is pinned right.
      for (const cell of row.querySelectorAll(".ag-cell")) texts[cell.getAttribute("col-id")] = cellText(cell);
      found.set(index, texts);
    }
  }
}

function cellText(cell) {
  const line = cell.querySelector("polyline");
  if (line) return `${line.points.length} points`;
  const box = cell.querySelector("input[type=checkbox]");
  if (box) return box.indeterminate ? "" : String(box.checked);
  return cell.textContent;
}

globalThis.table = new Table();
