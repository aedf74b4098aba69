// Ctrl+K: pages from the rail, the account's keys, its latest requests, and any request by its id.
// It opens at once, so that what is typed next goes into it; keys and requests join the list when they come.
import { isTyping, setTheme } from "./dashboard.js";

const dialog = document.querySelector("[data-palette]");
const input = dialog.querySelector("input");
const list = dialog.querySelector("ul");
const pages = [...document.querySelectorAll("[data-rail] [data-page]")].map(link => ({ name: link.textContent.trim(), kind: "page", href: link.getAttribute("href") }));
const acts = ["system", "light", "dark"].map(theme => ({ name: `Theme: ${theme}`, kind: "appearance", act: () => setTheme(theme) }));
let more = [];
let shown = [];
let at = 0;
// Where the arrow keys went, which a longer list does not change.
let chosen = null;

async function load(path) {
  try {
    const answer = await fetch(path);
    return answer.ok ? await answer.json() : [];
  } catch {
    return [];
  }
}

async function refresh() {
  const [keys, logs] = await Promise.all([load("/api/v1/keys"), load("/api/v1/logs?limit=30")]);
  more = [
    ...keys.map(key => ({ name: key.name, kind: `API key ${key.status}`, href: `/dashboard/keys/${encodeURIComponent(key.id)}` })),
    ...logs.map(log => ({ name: log.request_id, kind: log.safe === false ? "threat" : log.status, href: `/dashboard/events?event=${encodeURIComponent(log.id)}` })),
  ];
  show();
}

function show() {
  const words = input.value.trim().toLowerCase();
  const wanted = input.value.trim();
  shown = [...pages, ...more, ...acts].filter(place => `${place.name} ${place.kind}`.toLowerCase().includes(words));
  if (!words) {
    shown = shown.filter(place => place.kind === "page" || more.indexOf(place) >= 0).slice(0, 24);
  }
  if (/^[A-Za-z0-9_.-]{4,128}$/.test(wanted) && !more.some(place => place.name === wanted)) {
    shown.push({ name: wanted, kind: "find this request id", href: `/dashboard/events?request_id=${encodeURIComponent(wanted)}` });
  }
  shown = shown.slice(0, 40);
  at = Math.max(0, shown.findIndex(place => chosen && place.name === chosen.name && place.href === chosen.href));
  list.replaceChildren(...shown.map((place, i) => {
    const item = document.createElement("li");
    item.id = `place-${i}`;
    item.setAttribute("role", "option");
    item.textContent = place.name;
    const kind = document.createElement("span");
    kind.textContent = place.kind;
    item.append(kind);
    item.addEventListener("click", () => go(place));
    return item;
  }));
  mark();
}

function mark() {
  [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
  const item = list.children[at];
  if (item) {
    input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

function go(place) {
  dialog.close();
  if (place.act) {
    place.act();
  } else {
    location.assign(place.href);
  }
}

input.addEventListener("input", () => {
  chosen = null;
  show();
});
input.addEventListener("keydown", event => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (shown.length > 0) {
      at = (at + (event.key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length;
      chosen = shown[at];
      mark();
    }
  } else if (event.key === "Enter" && shown[at]) {
    event.preventDefault();
    go(shown[at]);
  }
});
dialog.addEventListener("click", event => {
  if (event.target === dialog) {
    dialog.close();
  }
});

function open() {
  if (dialog.open) {
    dialog.close();
    return;
  }
  for (const other of document.querySelectorAll("dialog[open]")) {
    other.close();
  }
  input.value = "";
  chosen = null;
  show();
  dialog.showModal();
  input.focus();
  refresh();
}

document.querySelector("[data-palette-open]").addEventListener("click", open);
document.addEventListener("keydown", event => {
  const isShortcut = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";
  const isSearch = event.key === "/" && !isTyping(event) && !document.querySelector("dialog[open], [name=request_id]");
  if (isShortcut || isSearch) {
    event.preventDefault();
    open();
  }
});
