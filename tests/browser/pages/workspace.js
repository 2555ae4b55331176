// Does to a backend what OpenBB Workspace's client does (its widgetParams.ts and validateBackend.ts): reads the
// manifests, builds each widget's URL from its params, fetches it. A request never throws: its outcome is an
// object, {url, status, type, body} when the page could read an answer and {url, refused} when the browser
// kept it from the page.
"use strict";

const TIMEOUT = 20_000; // ms, for one request
const THEMED = ["chart", "chart-highcharts", "chart-vegalite", "html", "markdown", "iframe"];
const POSTED = ["omni", "ssrm_table", "ssrm_advanced", "multi_file_viewer"];
const RELATIVE_DATE = /\$currentDate([+-])(\d+)([bhdwmyq])/i;

async function request(url, init = {}) {
  try {
    const answer = await fetch(url, {
      credentials: "include",
      signal: AbortSignal.timeout(TIMEOUT),
      ...init,
    });
    const text = await answer.text();
    const type = answer.headers.get("content-type") ?? "";
    const body = type.startsWith("application/json") ? JSON.parse(text) : text;
    return { url: String(url), status: answer.status, type, body };
  } catch (error) {
    return { url: String(url), refused: String(error) };
  }
}

function cleanUrl(url) {
  return url.replace(/([^:]\/)\/+/g, "$1").replace(/\/+$/, "");
}

function absoluteUrl(endpoint, base) {
  if (endpoint.startsWith("data:")) return endpoint;
  return cleanUrl(endpoint.startsWith("http") ? endpoint : `${base}/${endpoint}`);
}

function isoDate(date) {
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function addBusinessDays(date, days) {
  for (let left = Math.abs(days); left > 0; ) {
    date.setDate(date.getDate() + Math.sign(days));
    if (date.getDay() % 6 !== 0) left -= 1;
  }
}

// What cannot be read as a date means today, as in the client.
function resolveDate(value) {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return value;
  const date = new Date();
  const match = RELATIVE_DATE.exec(value);
  if (match) {
    const amount = Number(`${match[1]}${match[2]}`);
    const step = {
      b: () => addBusinessDays(date, amount),
      h: () => date.setHours(date.getHours() + amount),
      d: () => date.setDate(date.getDate() + amount),
      w: () => date.setDate(date.getDate() + 7 * amount),
      m: () => date.setMonth(date.getMonth() + amount),
      q: () => date.setMonth(date.getMonth() + 3 * amount),
      y: () => date.setFullYear(date.getFullYear() + amount),
    };
    step[match[3].toLowerCase()]();
  }
  return isoDate(date);
}

// The values a widget that was just placed is fetched with. A falsy one becomes null and is not sent.
function initialParams(widget) {
  const values = {};
  for (const param of (widget.params ?? []).flat()) {
    if (param.type === "form" || param.type === "button") continue;
    const value = param.value || null;
    values[param.paramName] = param.type === "date" && value ? resolveDate(value) : value;
  }
  return values;
}

function widgetUrl(endpoint, params, base) {
  const rest = { ...params };
  const filled = absoluteUrl(endpoint, base).replace(/{([^}]+)}/g, (_, name) => {
    const value = rest[name];
    delete rest[name];
    return value || "";
  });
  const url = new URL(filled);
  if (endpoint.includes("?")) return url;
  for (const [name, value] of Object.entries(rest)) {
    // URLSearchParams writes a list as "a,b" and a boolean as "true".
    if (value !== null && value !== undefined && value !== "") url.searchParams.set(name, value);
  }
  return url;
}

class Workspace {
  theme = "dark";

  // A backend as the user adds it: its URL, and the headers its owner told him to send.
  async connect(base, headers = {}) {
    this.base = base;
    this.headers = headers;
    this.widgets = await request(absoluteUrl("widgets.json", base), { headers });
    this.apps = await request(absoluteUrl("apps.json", base), { headers });
    if (this.apps.status === 404) {
      this.apps = await request(absoluteUrl("templates.json", base), { headers });
    }
    return { widgets: this.widgets, apps: this.apps };
  }

  fetchWidget(id, overrides = {}) {
    const widget = this.widgets.body[id];
    const params = { ...initialParams(widget), ...overrides };
    if (POSTED.includes(widget.type)) {
      return request(absoluteUrl(widget.endpoint, this.base), {
        method: "POST",
        headers: { ...this.headers, "Content-Type": "application/json" },
        body: JSON.stringify(params),
      });
    }
    if (THEMED.includes(widget.type)) params.theme = this.theme;
    return request(widgetUrl(widget.endpoint, params, this.base), { headers: this.headers });
  }

  // The choices of every param of a widget that asks an endpoint for them: {paramName: outcome}.
  async fetchOptions(id) {
    const widget = this.widgets.body[id];
    const current = initialParams(widget);
    const outcomes = {};
    for (const param of (widget.params ?? []).flat()) {
      if (!param.optionsEndpoint) continue;
      const query = {};
      for (const [name, value] of Object.entries(param.optionsParams ?? {})) {
        const other = typeof value === "string" && value.startsWith("$") ? value.slice(1) : null;
        query[name] = other === null ? value : current[other];
      }
      const url = widgetUrl(param.optionsEndpoint, query, this.base);
      outcomes[param.paramName] = await request(url, { headers: this.headers });
    }
    return outcomes;
  }
}

globalThis.workspace = new Workspace();
globalThis.request = request;
