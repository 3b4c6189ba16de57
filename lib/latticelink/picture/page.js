// The page's behaviour: hops tell their rule, paths can be found and filtered, pictures chosen; keys do all of it.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const RANK = { fail: 0, unknown: 1, pass: 2, open: 3 };
const shown = { fail: true, unknown: true, pass: true };
let words = [];
let path = null; // the number of the chosen path
let hop = null; // the chosen hop: its place and the numbers of its paths

for (const each of data.paths) {
  const hops = each.hops.map((number) => data.hops[number]);
  const rules = hops.flatMap((found) => [found.block, ...found.rules].filter(Boolean));
  const told = rules.flatMap((rule) => [rule.name, rule.construct, rule.said || ""]);
  each.text = [each.title, each.pair, each.verdict, each.names, data.verdicts[each.kind], ...told].join(" ").toLowerCase();
}

const matches = (each) => shown[each.kind] && words.every((word) => each.text.includes(word));
const numbers = (element) => (element.dataset.p || "").split(" ").filter(Boolean).map(Number);
const picture = () => one("figure:not([hidden])");

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") element.addEventListener("click", value);
    else if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

function icon(kind) {
  const space = "http://www.w3.org/2000/svg";
  const element = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#g-${kind}`);
  for (const [name, value] of [["class", `icon ${kind}`], ["viewBox", "-14 -14 28 28"], ["aria-hidden", "true"]])
    element.setAttribute(name, value);
  element.append(use);
  return element;
}

// What a path's hops at a place say, each with the zone in which it does; one place may have several by zone.
function hopsAt(number, place) {
  const { hops, zones } = data.paths[number];
  const found = hops.map((each, count) => ({ ...data.hops[each], zone: zones[count] || "" }));
  return found.filter((each) => each.place === place);
}

function where(rule) {
  const parts = [rule.name, rule.said ? `“${rule.said}”` : "", rule.construct ? `construct ${rule.construct}` : "", rule.file];
  return parts.filter(Boolean).join(" · ");
}

function said(found, note) {
  const zone = found.zone ? ` in ${found.zone}` : "";
  const box = make("div", { class: `said ${found.kind}` });
  box.append(make("b", {}, icon(found.kind), `${found.place}${zone}: ${data.says[found.kind]}`), make("p", {}, found.why));
  if (found.fix) box.append(make("p", { class: "fix" }, `${found.kind === "fail" ? "Fix" : "Settle"}: ${found.fix}`));
  const title = found.kind === "pass" ? "Admitted by" : "Nearest rule";
  for (const rule of found.rules) box.append(make("p", {}, make("small", {}, `${title}: ${where(rule)}`)));
  if (found.block) box.append(make("p", {}, make("small", {}, `At: ${where(found.block)}`)));
  if (note) box.append(make("p", {}, make("small", {}, note)));
  return box;
}

function row(number) {
  const each = data.paths[number];
  const text = make("span", {}, each.pair, make("small", {}, each.verdict));
  return make("button", { type: "button", class: "path", on: () => choose(number) }, icon(each.kind), text);
}

function trail(number) {
  const list = make("ol", { class: "hops" });
  const { hops, zones } = data.paths[number];
  hops.forEach((each, count) => {
    const found = data.hops[each];
    const current = hop && hop.place === found.place ? "true" : null;
    const text = found.place + (zones[count] ? ` in ${zones[count]}` : "");
    const choose = () => pick(number, { place: found.place, paths: [number] });
    list.append(make("li", {}, make("button", { type: "button", "aria-current": current, on: choose }, icon(found.kind), text)));
  });
  return list;
}

// The hops of some paths at a place, those alike once, the worst first.
function together(place, paths) {
  const found = new Map();
  for (const number of paths)
    for (const each of hopsAt(number, place)) {
      const key = JSON.stringify([each.kind, each.why, each.zone]);
      if (!found.has(key)) found.set(key, [each, []]);
      found.get(key)[1].push(number);
    }
  return [...found.values()].sort((mine, other) => RANK[mine[0].kind] - RANK[other[0].kind]);
}

function details() {
  const panel = one("#panel");
  panel.replaceChildren();
  panel.hidden = path === null && hop === null;
  document.documentElement.classList.toggle("drawer", !panel.hidden);
  if (panel.hidden) return;
  const close = make("button", { type: "button", id: "close", on: () => pick(null, null) }, "Close");
  const heading = hop === null ? data.paths[path].title : hop.place[0].toUpperCase() + hop.place.slice(1);
  const [left, right] = [make("div"), make("div", { class: "says" })];
  panel.append(make("div", { class: "head" }, make("h2", {}, heading), close), left, right);
  const number = hop === null ? path : hop.paths.length === 1 ? hop.paths[0] : null;
  if (number !== null) {
    if (hop !== null) left.append(make("p", { class: "mut" }, `${data.paths[number].pair}, ${data.paths[number].verdict}`));
    left.append(trail(number));
  } else for (const each of hop.paths.slice(0, 50)) left.append(row(each));
  if (hop === null) {
    const places = [...new Set(data.paths[path].hops.map((each) => data.hops[each].place))];
    const found = places.flatMap((place) => together(place, [path]).map(([each]) => each));
    const bad = found.filter((each) => RANK[each.kind] < 2);
    right.append(...(bad.length ? bad : found).map((each) => said(each, "")));
    return;
  }
  for (const [each, paths] of together(hop.place, hop.paths)) {
    const more = paths.length > 8 ? ` and ${paths.length - 8} more` : "";
    const note = hop.paths.length > 1 ? `In ${paths.slice(0, 8).map((at) => data.paths[at].pair).join(", ")}${more}` : "";
    right.append(said(each, note));
  }
}

function paint() {
  const chosen = data.paths.length < 2 ? null : hop ? hop.paths : path === null ? null : [path];
  const drawing = one("svg.pic", picture());
  drawing.classList.toggle("pick", chosen !== null);
  for (const each of all("[data-p]", drawing)) {
    const mine = numbers(each);
    each.classList.toggle("on", chosen !== null && mine.some((number) => chosen.includes(number)));
    each.classList.toggle("off", mine.length > 0 && !mine.some((number) => matches(data.paths[number])));
    const isHop = hop !== null && each.dataset.place === hop.place;
    each.classList.toggle("sel", isHop && mine.some((number) => hop.paths.includes(number)));
  }
  for (const each of all("#reasons li")) each.hidden = !numbers(each).some((number) => matches(data.paths[number]));
  const inView = new Set(numbers(picture()));
  let listed = 0;
  for (const each of all("#list .path")) {
    const number = Number(each.dataset.path);
    each.parentElement.hidden = !inView.has(number) || !matches(data.paths[number]);
    if (!each.parentElement.hidden) listed += 1;
    if (number === path) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
  one("#listed").textContent = listed ? `${listed} ${listed === 1 ? "path" : "paths"}` : "No path: clear the search, or show more verdicts";
  for (const each of all("nav button")) {
    const view = one(`figure[data-view="${CSS.escape(each.dataset.view)}"]`);
    each.hidden = each.dataset.view !== "all" && !numbers(view).some((number) => matches(data.paths[number]));
  }
  const count = data.paths.filter(matches).length;
  one("#count").textContent = count === data.paths.length ? "" : `${count} of ${data.paths.length} paths`;
  details();
}

function pick(number, place) {
  path = number;
  hop = place;
  paint();
}

// Chooses a path from a list, and shows where it is in the picture.
function choose(number) {
  pick(number, null);
  const first = all(".hop", picture()).find((each) => numbers(each).includes(number));
  if (first) first.scrollIntoView({ block: "center", inline: "nearest" });
}

function tip(element, text) {
  const box = one("#tip");
  box.textContent = text;
  box.hidden = false;
  const at = element.getBoundingClientRect();
  const left = at.left + at.width / 2 - box.offsetWidth / 2;
  box.style.left = `${Math.max(8, Math.min(innerWidth - box.offsetWidth - 8, left))}px`;
  const below = at.bottom + box.offsetHeight + 10 <= innerHeight;
  box.style.top = `${below ? at.bottom + 8 : Math.max(4, at.top - box.offsetHeight - 8)}px`;
}

function label(element) {
  if (element.dataset.view) {
    const paths = numbers(element).map((number) => data.paths[number]);
    return paths.map((each) => `${each.pair}: ${each.verdict}`).join("; ");
  }
  const [[found], ...rest] = together(element.dataset.place, numbers(element));
  const more = rest.length ? ` And ${rest.length} more.` : "";
  return `${found.place}: ${data.says[found.kind]}. ${found.why}${more}`;
}

function open(element) {
  one("#tip").hidden = true;
  const paths = numbers(element);
  if (element.dataset.view) {
    const figure = figureOf(element.dataset.view, paths[0]);
    if (figure) go(figure.dataset.view);
    return choose(paths[0]);
  }
  const mine = path !== null && paths.includes(path) ? [path] : paths.filter((number) => matches(data.paths[number]));
  pick(mine.length === 1 ? mine[0] : null, { place: element.dataset.place, paths: mine.length ? mine : paths });
}

// The next marker in a direction: on the same wire, or nearest on another.
function neighbour(element, key) {
  const middle = (each) => each.transform.baseVal.getItem(0).matrix;
  const here = middle(element);
  let best = null;
  for (const each of all(".hop", element.closest("svg"))) {
    const right = middle(each).e - here.e;
    const down = middle(each).f - here.f;
    const along = { ArrowRight: right, ArrowLeft: -right, ArrowDown: down, ArrowUp: -down }[key];
    const across = key === "ArrowRight" || key === "ArrowLeft" ? Math.abs(down) : Math.abs(right);
    const far = along + 4 * across;
    if (along > 2 && (best === null || far < best.far)) best = { each, far };
  }
  return best && best.each;
}

function listen(element) {
  const isHop = element.classList.contains("hop");
  element.setAttribute("tabindex", "0");
  element.setAttribute("role", "button");
  const text = isHop ? label(element) : `Picture of ${element.textContent.trim()}`;
  element.setAttribute("aria-label", text);
  const act = () => (isHop ? open(element) : go(element.dataset.view));
  element.addEventListener("click", act);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") act();
    else if (isHop && event.key.startsWith("Arrow")) {
      const next = neighbour(element, event.key);
      if (!next) return;
      next.focus();
    } else return;
    event.preventDefault();
  });
  if (!isHop) return;
  element.addEventListener("mouseenter", () => tip(element, text));
  element.addEventListener("focus", () => element.matches(":focus-visible") && tip(element, text));
  for (const name of ["mouseleave", "blur"]) element.addEventListener(name, () => (one("#tip").hidden = true));
}

// Takes a picture out of its template when somebody asks for it, and makes its markers buttons.
function wake(figure) {
  if (figure.dataset.awake) return;
  figure.dataset.awake = "true";
  const template = one("template", figure);
  if (template) template.replaceWith(template.content);
  const drawing = one("svg.pic", figure);
  for (const each of all(".hop,.go", drawing)) if (!each.classList.contains("go") || figureOf(each.dataset.view)) listen(each);
  figure.classList.toggle("wide", Number(drawing.getAttribute("width")) > 1900);
  figure.addEventListener("scroll", () => {
    for (const each of all(".rows", drawing)) each.setAttribute("transform", `translate(${figure.scrollLeft} 0)`);
  });
}

// The picture of a view; of one that has several the first, or the one with a path.
function figureOf(view, number = null) {
  const several = all("figure").filter((each) => each.dataset.view === view || each.dataset.view.startsWith(`${view}/`));
  return several.find((each) => number === null || numbers(each).includes(number)) || null;
}

function go(name) {
  const figure = figureOf(name);
  if (!figure) return false;
  const view = figure.dataset.view;
  wake(figure);
  for (const each of all("figure")) each.hidden = each !== figure;
  for (const each of all("nav button")) each.setAttribute("aria-current", String(each.dataset.view === view));
  history.replaceState(null, "", view === "all" ? location.pathname + location.search : `#view=${encodeURIComponent(view)}`);
  pick(null, null);
  return true;
}

for (const each of all("nav button")) each.addEventListener("click", () => go(each.dataset.view) && scrollTo(0, 0));
for (const each of all("#list .path")) each.addEventListener("click", () => choose(Number(each.dataset.path)));
for (const each of all("[data-verdict]"))
  each.addEventListener("click", () => {
    shown[each.dataset.verdict] = !shown[each.dataset.verdict];
    each.setAttribute("aria-pressed", String(shown[each.dataset.verdict]));
    pick(null, null);
  });
one("#find").addEventListener("input", (event) => {
  words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (!numbers(picture()).some((number) => matches(data.paths[number]))) go("all");
  pick(null, null);
});
one("#theme").addEventListener("click", () => {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme:dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
});
addEventListener("keydown", (event) => {
  const find = one("#find");
  if (event.key === "/" && document.activeElement !== find) {
    event.preventDefault();
    find.focus();
  } else if (event.key === "Escape") {
    find.value = "";
    words = [];
    one("#tip").hidden = true;
    pick(null, null);
  }
});
let start = "";
try {
  start = decodeURIComponent(location.hash.replace(/^#view=/, ""));
} catch {
  start = "";
}
if (!go(start)) go("all");
