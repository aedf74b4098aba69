// Events: the live tail, keys, and the drawer beside the list. Without it every link still leads to its page.
import { isTyping, localize } from "./dashboard.js";
import { tellOver } from "./session.js";

const body = document.querySelector("[data-rows]");
const most = 200;
const rows = () => [...document.querySelectorAll("[data-row]")];
const linkOf = row => row.querySelector("a[data-open]");

// The drawer, without leaving the list.
const place = document.querySelector("[data-drawer]");
let opener = null;
function mark() {
  const id = new URLSearchParams(location.search).get("event");
  for (const row of rows()) {
    row.classList.toggle("open", row.dataset.row === id);
  }
}

async function show(address, isNew) {
  let answer;
  try {
    answer = await fetch(address, { headers: { Accept: "text/html" } });
  } catch {
    location.assign(address);
    return;
  }
  if (!answer.ok || answer.redirected) {
    location.assign(address);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-drawer]");
  place.replaceChildren(...[...fresh.childNodes].map(node => document.adoptNode(node)));
  localize(place);
  if (isNew) {
    history.pushState(null, "", address);
  }
  mark();
  place.querySelector("h2")?.focus();
}

function close() {
  if (!place.firstElementChild) {
    return false;
  }
  place.replaceChildren();
  const address = new URL(location.href);
  address.searchParams.delete("event");
  history.pushState(null, "", address);
  mark();
  (opener?.isConnected ? opener : linkOf(rows()[0] ?? document.createElement("p")))?.focus();
  return true;
}

document.addEventListener("click", event => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) {
    return;
  }
  const row = event.target.closest("[data-row]");
  if (event.target.closest("[data-close]")) {
    event.preventDefault();
    close();
  } else if (row && !event.target.closest("a:not([data-open]), button") && getSelection().isCollapsed) {
    event.preventDefault();
    opener = linkOf(row);
    show(opener.href, true);
  }
});
addEventListener("popstate", () => show(location.href, false));

document.addEventListener("keydown", event => {
  if (document.querySelector("dialog[open]")) {
    return;
  }
  if (event.key === "Escape") {
    if (event.target.closest?.("input, select")) {
      event.target.blur();
    } else {
      close();
    }
    return;
  }
  if (isTyping(event) || (event.key !== "j" && event.key !== "k")) {
    return;
  }
  const links = rows().map(linkOf);
  const open = place.firstElementChild ? rows().findIndex(row => row.classList.contains("open")) : -1;
  const at = open >= 0 ? open : links.indexOf(document.activeElement);
  const next = links[Math.min(links.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))];
  if (!next) {
    return;
  }
  if (open >= 0) {
    opener = next;
    show(next.href, true);
    next.closest("tr").scrollIntoView({ block: "nearest" });
  } else {
    next.focus();
  }
});
place?.querySelector("h2")?.focus();
mark();

// The live tail. The gateway sends whole rows as it would put them on the page.
const button = document.querySelector("[data-live]");
if (button) {
  const said = document.querySelector("[data-live-said]");
  const name = button.querySelector("[data-live-name]");
  let source = null;
  let isOver = false;
  const state = (value, text) => {
    button.dataset.state = value;
    button.setAttribute("aria-pressed", String(value !== "off"));
    name.textContent = text;
  };

  const receive = event => {
    const part = document.createElement("template");
    part.innerHTML = event.data;
    localize(part.content);
    const known = new Set(rows().map(row => row.dataset.row));
    const fresh = [...part.content.querySelectorAll("[data-row]")].filter(row => !known.has(row.dataset.row));
    if (fresh.length === 0) {
      return;
    }
    document.querySelector("[data-none]")?.setAttribute("hidden", "");
    document.querySelector("[data-list]").hidden = false;
    for (const row of fresh) {
      row.classList.add("new");
      body.prepend(row);
    }
    for (const row of rows().slice(most)) {
      if (!row.contains(document.activeElement)) {
        row.remove();
      }
    }
    said.textContent = fresh.length === 1 ? "1 new event" : `${fresh.length} new events`;
    mark();
  };

  const stop = () => {
    source?.close();
    source = null;
  };
  const end = () => {
    isOver = true;
    stop();
    state("off", "Signed out");
    tellOver();
  };
  const start = () => {
    if (isOver || source) {
      return;
    }
    state("waiting", "Connecting");
    source = new EventSource(button.dataset.live);
    source.addEventListener("ready", () => state("on", "Live"));
    source.addEventListener("rows", receive);
    source.addEventListener("over", end);
    source.addEventListener("error", async () => {
      if (source?.readyState === EventSource.CLOSED) {
        stop();
        state("off", "Stopped");
        // Without a session the gateway tells a tail to stop, and leads elsewhere from a page.
        const answer = await fetch(location.href, { redirect: "manual" }).catch(() => null);
        if (answer?.type === "opaqueredirect") {
          end();
        }
      } else {
        state("waiting", "Reconnecting");
      }
    });
  };

  button.hidden = false;
  button.addEventListener("click", () => {
    if (source) {
      stop();
      state("off", "Paused");
    } else {
      start();
    }
  });

  start();
}
