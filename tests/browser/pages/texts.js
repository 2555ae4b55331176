// Draws metrics, Markdown, HTML and news as OpenBB Workspace's client does (its Metric, Markdown, HtmlViewer and News):
// Markdown is sanitised, then drawn by the client's own library; HTML goes into a sandboxed frame.
"use strict";

const FORBIDDEN = {
  FORBID_TAGS: ["script", "iframe", "form", "object", "embed"],
  FORBID_ATTR: ["onerror", "onload", "onclick", "onmouseover"],
  ALLOW_DATA_ATTR: false,
};
const GREEN = "#22c55e";
const RED = "#ef4444";

function element(tag, text, style = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  Object.assign(made.style, style);
  return made;
}

const underKey = (id, body) => at(body, workspace.widgets.body[id].data?.dataKey ?? "") ?? body;

async function drawMetric(id) {
  const found = underKey(id, await answer(id));
  const metrics = Array.isArray(found) ? found : [found];
  for (const { label, value, delta } of metrics) {
    // What React draws: text and numbers; an object throws, a boolean is nothing.
    for (const part of [label, value, delta]) {
      if (part !== null && typeof part === "object") throw new TypeError("Objects are not valid as a React child");
    }
    card().append(element("div", label), element("b", value));
    if (!delta) continue;
    const zero = Number.parseFloat(delta) === 0;
    const negative = !zero && delta.toString().startsWith("-");
    const arrow = zero ? "" : negative ? "↓" : "↑";
    card().append(element("div", `${arrow} ${delta}`, { color: zero ? "inherit" : negative ? RED : GREEN }));
  }
  return { lines: [...card().children].map((child) => child.textContent), metrics };
}

async function markdownInto(parent, text) {
  await load("dompurify/dist/purify.min.js");
  const { compiler } = await import("/npm/markdown-to-jsx/dist/html.js");
  const wrapper = document.createElement("div");
  wrapper.innerHTML = compiler(DOMPurify.sanitize(text, FORBIDDEN), { forceBlock: true, forceWrapper: true });
  parent.append(wrapper);
  await Promise.all([...wrapper.querySelectorAll("img")].map((image) => image.decode()));
  return wrapper;
}

const texts = (parent, selector) => [...parent.querySelectorAll(selector)].map((found) => found.textContent);

async function drawMarkdown(id) {
  const text = underKey(id, await answer(id));
  if (typeof text !== "string") throw new TypeError("Workspace draws no Markdown that is not text");
  const drawn = await markdownInto(card(), text);
  return {
    heading: texts(drawn, "h1"),
    strong: texts(drawn, "strong"),
    link: drawn.querySelector("a")?.href,
    cells: [...drawn.querySelectorAll("tr")].map((row) => texts(row, "th, td")),
    items: texts(drawn, "li"),
    code: texts(drawn, "pre"),
    image: drawn.querySelector("img")?.naturalWidth,
    scripts: drawn.querySelectorAll("script").length,
  };
}

async function drawHtml(id) {
  const outcome = await workspace.fetchWidget(id);
  const frame = document.createElement("iframe");
  frame.sandbox = "";
  frame.style = "border: 0; height: 100%; width: 100%";
  const ready = new Promise((resolve) => frame.addEventListener("load", resolve));
  frame.srcdoc = outcome.body;
  card().append(frame);
  await ready;
  return { type: outcome.type };
}

async function drawNews(id) {
  const articles = underKey(id, await answer(id));
  const days = [];
  for (const article of articles) {
    // The client's search; and its formatDate, which throws on what is no date.
    if (!`${article.title.toLowerCase()}${article.excerpt.toLowerCase()}`) throw new TypeError("nothing to search");
    days.push(new Date(article.date).toISOString().slice(0, 10));
    card().append(element("b", article.title), element("div", `${days.at(-1)} • ${article.author}`));
    await markdownInto(card(), article.body);
  }
  return { titles: texts(card(), ":scope > b"), days, strong: texts(card(), "strong"), items: texts(card(), "li") };
}

Object.assign(DRAWERS, { metric: drawMetric, markdown: drawMarkdown, html: drawHtml, newsfeed: drawNews });
