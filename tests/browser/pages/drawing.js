// What the drawings of all kinds share: the card they are drawn into, the libraries, and a look at the pixels.
// The test server gives the packages of package.json under /npm/.
"use strict";

const loaded = new Map();

function load(path) {
  if (!loaded.has(path)) {
    const element = document.createElement("script");
    element.src = `/npm/${path}`;
    loaded.set(
      path,
      new Promise((resolve, reject) => {
        element.onload = resolve;
        element.onerror = () => reject(new Error(`${path} could not be loaded`));
      }),
    );
    document.head.append(element);
  }
  return loaded.get(path);
}

const card = () => document.getElementById("card");

// The theme of the page and of every request from here on, and an empty card.
function wipe(theme) {
  workspace.theme = theme;
  document.body.className = theme;
  const fresh = document.createElement("div");
  fresh.id = "card";
  card().replaceWith(fresh);
}

function at(value, path) {
  return path.split(".").filter(Boolean).reduce((found, key) => found?.[key], value);
}

// An answer that Workspace would draw, or an error with what it would say.
async function answer(id, params = {}) {
  const outcome = await workspace.fetchWidget(id, params);
  if (outcome.status !== 200) throw new Error(`${id}: ${JSON.stringify(outcome)}`);
  return outcome.body;
}

// The rows of a chart's raw view: a list at "results", or the body.
async function rawRows(id) {
  const body = await answer(id, { raw: true });
  return body?.results ?? body;
}

// How many colours a picture has, the one of its upper left corner, and how much of it is in another; "png" is base64.
async function pixels(png) {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const words = new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer);
  const corner = words[0];
  const channels = [corner & 255, (corner >> 8) & 255, (corner >> 16) & 255];
  return {
    colours: new Set(words).size,
    corner: hexOf(channels),
    drawn: words.filter((word) => word !== corner).length / words.length,
  };
}

const hexOf = (channels) => `#${channels.map((one) => one.toString(16).padStart(2, "0")).join("")}`;

// A computed colour as #rrggbb; null where no such element is drawn.
function colourOf(selector, property) {
  const element = card().querySelector(selector);
  if (!element) return null;
  return hexOf(getComputedStyle(element)[property].match(/\d+/g).slice(0, 3).map(Number));
}

// The colours of all texts that are drawn, but for those of the selector "but".
function textColours(but) {
  const texts = [...card().querySelectorAll("text")].filter((text) => text.textContent.trim() && !text.closest(but));
  const colours = texts.map((text) => getComputedStyle(text).fill.match(/\d+/g).slice(0, 3).map(Number));
  return [...new Set(colours.map(hexOf))].sort();
}

// By type of widget: a function of its id that draws it, and tells what the library made of it.
const DRAWERS = {};

function draw(id, ...more) {
  return DRAWERS[workspace.widgets.body[id].type ?? "table"](id, ...more);
}
