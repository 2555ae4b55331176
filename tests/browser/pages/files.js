// Shows files with pdf.js as OpenBB Workspace's client does (its PdfViewer, MultiFileViewer, handleFileResponse and
// handleMultiFileResponse): it takes two content types, to the letter, and sends no headers for a pdf widget.
"use strict";

async function pdfLibrary() {
  const library = await import("/npm/pdfjs-dist/build/pdf.min.mjs");
  library.GlobalWorkerOptions.workerSrc = "/npm/pdfjs-dist/build/pdf.worker.min.mjs";
  return library;
}

// The first page is drawn, all pages are read.
async function showPdf(data) {
  const library = await pdfLibrary();
  const task = library.getDocument({ data, standardFontDataUrl: "/npm/pdfjs-dist/standard_fonts/" });
  const file = await task.promise;
  const texts = [];
  for (let number = 1; number <= file.numPages; number += 1) {
    const { items } = await (await file.getPage(number)).getTextContent();
    texts.push(items.map((item) => item.str).join(""));
  }
  const page = await file.getPage(1);
  const viewport = page.getViewport({ scale: 1 });
  const canvas = document.createElement("canvas");
  canvas.width = viewport.width;
  canvas.height = viewport.height;
  card().append(canvas);
  await page.render({ canvasContext: canvas.getContext("2d"), viewport }).promise;
  await task.destroy();
  return { texts, size: [canvas.width, canvas.height] };
}

async function bytesOf(item) {
  if (item.data_format?.data_type !== "pdf") throw new Error("Invalid content type");
  if (item.content) return Uint8Array.from(atob(item.content), (letter) => letter.charCodeAt(0));
  const answered = await fetch(item.url ?? item.file_reference);
  return new Uint8Array(await answered.arrayBuffer());
}

async function drawPdf(id) {
  const widget = workspace.widgets.body[id];
  const answered = await fetch(widgetUrl(widget.endpoint, initialParams(widget), workspace.base));
  if (!answered.ok) throw new Error(`${id}: ${answered.status}`);
  const type = answered.headers.get("Content-Type");
  if (type === "application/pdf") {
    const shown = await showPdf(new Uint8Array(await answered.arrayBuffer()));
    return { ...shown, form: "file", filename: widget.name };
  }
  if (type !== "application/json") throw new Error("Invalid content type");
  const item = await answered.json();
  const form = ["content", "url", "file_reference"].filter((key) => key in item).join();
  return { ...(await showPdf(await bytesOf(item))), form, filename: item.data_format.filename };
}

async function drawFiles(id, names) {
  const widget = workspace.widgets.body[id];
  const selector = widget.params.find((param) => param.roles?.includes("fileSelector"));
  const sorted = [...new Set(names ?? selector.value)].sort();
  const outcome = await workspace.fetchWidget(id, { [selector.paramName]: sorted });
  if (outcome.type !== "application/json") throw new Error("Invalid content type, expected application/json");
  if (outcome.status !== 200) throw new Error(JSON.stringify(outcome));
  const items = outcome.body;
  if (items.length !== sorted.length) throw new Error(`Expected ${sorted.length} items, but got ${items.length}`);
  const files = {};
  for (const [index, name] of sorted.entries()) {
    files[name] = "error_type" in items[index] ? items[index] : await showPdf(await bytesOf(items[index]));
  }
  return { files };
}

DRAWERS.pdf = drawPdf;
DRAWERS.multi_file_viewer = drawFiles;
