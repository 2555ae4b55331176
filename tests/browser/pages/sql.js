// Shows a widget of type ssrm_advanced beside rows.js, as Workspace's client does: the first rows of a statement tell the
// columns, and each request of the grid then carries the statement with its {{params}} filled in.
"use strict";

function filled(text, params) {
  return text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => params[name]);
}

// Without declared columns, a value's type is read from itself and its name: a time is text, whatever it holds.
function typeOf(field, value) {
  if (["number", "boolean"].includes(typeof value)) return typeof value;
  return /^\d{4}-\d{2}-\d{2}$/.test(value) || /(^|_)(year|date|day)/i.test(field) ? "date" : "text";
}

function columnOf(field, value) {
  const cellDataType = typeOf(field, value);
  const number = cellDataType === "number";
  const tools = { enableRowGroup: !number, enablePivot: true, enableValue: number };
  return { field, cellDataType, filter: filterOf(cellDataType, field), valueFormatter: ({ value }) => shown(value), ...tools };
}

async function showQuery(id, text, params = {}) {
  const url = widgetUrl(workspace.widgets.body[id].endpoint, {}, workspace.base);
  const query = filled(text, params);
  api?.destroy();
  api = undefined;
  asked.length = toasts.length = 0;
  const first = await post(url, { startRow: 0, endRow: 500, query });
  if (first.body.error) toasts.push(first.body.error);
  if (!first.body.rowData?.length) return first;
  api = agGrid.createGrid(document.getElementById("grid"), {
    rowModelType: "serverSide",
    columnDefs: Object.entries(first.body.rowData[0]).map(([field, value]) => columnOf(field, value)),
    serverSideDatasource: {
      async getRows({ request: wanted, success, fail }) {
        const answer = await post(url, { ...wanted, query });
        asked.push({ wanted, rows: answer.body.rowData?.length, count: answer.body.rowCount, status: answer.status });
        if (!answer.body.error) return success(answer.body);
        toasts.push(answer.body.error);
        return fail();
      },
    },
    defaultColDef: { flex: 1, sortable: true },
    cacheBlockSize: 500,
    suppressServerSideFullWidthLoadingRow: true,
    animateRows: false,
    suppressAnimationFrame: true,
  });
  return first;
}
