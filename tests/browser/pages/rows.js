// Shows a widget of type ssrm_table with AG Grid Enterprise's server-side row model: the grid asks the backend for what
// it needs, and the answer goes to it as it is. What Workspace adds, the params in the query and an error as a toast,
// is here too.
"use strict";

const asked = []; // every request of the grid, with what was answered
const toasts = [];
let api;

// What Workspace chooses by a column's type: its filter, and what its user may do with it. It has a formatter and a renderer
// of its own in place of those of AG Grid's types, which make "Invalid Date" of a text and a box to tick of a flag.
function filterOf(type, heading) {
  if (type === "number") return "agNumberColumnFilter";
  return type === "date" || heading.toLowerCase().includes("date") ? "agDateColumnFilter" : "agTextColumnFilter";
}

function shown(value) {
  return value === null || value === undefined ? "-" : typeof value === "object" ? JSON.stringify(value) : String(value);
}

function columnsOf(widget) {
  return (widget.data?.table?.columnsDefs ?? []).map((column) => {
    const { field, headerName, cellDataType, chartDataType, rowGroup, aggFunc, hide } = column;
    const category = chartDataType === "category";
    return {
      colId: field,
      field,
      headerName,
      cellDataType,
      rowGroup,
      aggFunc,
      hide,
      filter: filterOf(cellDataType, headerName),
      filterParams: cellDataType === "date" ? { defaultOption: "inRange" } : {},
      valueFormatter: ({ value }) => shown(value),
      cellRenderer: ({ value }) => Object.assign(document.createElement("span"), { textContent: shown(value) }),
      enableRowGroup: category,
      enablePivot: category || cellDataType === "number",
      enableValue: cellDataType === "number",
    };
  });
}

// With a filter of its own where a set filter would be: the values of a column come from the backend.
function withValues(widget, column) {
  if (column.field !== "desk") return column;
  const url = `${workspace.base}/openbb/widgets/${widget.id}/values/${column.field}`;
  const values = ({ success }) => request(url).then(({ body }) => success(body));
  return { ...column, filter: "agSetColumnFilter", filterParams: { values } };
}

function post(url, body) {
  return request(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

function datasource(widget, params, first) {
  const url = widgetUrl(widget.endpoint, params, workspace.base);
  return {
    async getRows({ request: wanted, success, fail }) {
      const answer = first ?? (await post(url, wanted));
      first = undefined;
      asked.push({ wanted, rows: answer.body?.rowData?.length, count: answer.body?.rowCount, status: answer.status });
      if (answer.status !== 200 || answer.body.error) {
        if (answer.body?.error) toasts.push(answer.body.error);
        return fail();
      }
      return success(answer.body);
    },
  };
}

// As Workspace shows a widget that was just placed: what an empty request brings is the grid's first page.
async function placeRows(id, options = {}) {
  const widget = workspace.widgets.body[id];
  const first = await post(widgetUrl(widget.endpoint, initialParams(widget), workspace.base), {});
  showRows(id, {}, { ...options, serverSideDatasource: datasource(widget, initialParams(widget), first) });
}

function showRows(id, params = {}, options = {}) {
  const widget = { id, ...workspace.widgets.body[id] };
  api?.destroy();
  asked.length = toasts.length = 0;
  api = agGrid.createGrid(document.getElementById("grid"), {
    rowModelType: "serverSide",
    serverSideDatasource: datasource(widget, { ...initialParams(widget), ...params }),
    columnDefs: columnsOf(widget).map((column) => withValues(widget, column)),
    defaultColDef: { flex: 1, sortable: true, floatingFilter: true },
    getRowId: ({ data, parentKeys, level }) => `${level}/${(parentKeys ?? []).join("/")}/${data.id ?? JSON.stringify(data)}`,
    cacheBlockSize: 500,
    sideBar: true,
    rowGroupPanelShow: "always",
    suppressServerSideFullWidthLoadingRow: true,
    // Rows that are replaced go at once: for a moment both would be there.
    animateRows: false,
    suppressAnimationFrame: true,
    ...options,
  });
}

// The rows on the screen, by their place in the level shown.
function onScreen() {
  const rows = api.getRenderedNodes().filter((node) => node.data && !node.stub);
  return rows.map((node) => ({ place: node.rowIndex, group: node.group ?? false, key: node.key, level: node.level, data: node.data }));
}

const settled = () => asked.length > 0 && !document.querySelector(".ag-row-loading, .ag-row .ag-skeleton-container");
