// The frame of every page. Pages can be read without this script.
import { copy } from "./clipboard.js";

const root = document.documentElement;
const csrf = document.querySelector("[data-csrf]")?.dataset.csrf;

// Times are told in the reader's own zone, with UTC on hover. Others call this for what they put on a page.
const day = { month: "short", day: "numeric" };
const dayOfThisYear = new Intl.DateTimeFormat(undefined, day);
const dayOfOtherYears = new Intl.DateTimeFormat(undefined, { ...day, year: "numeric" });
const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
// Where there is little room, a line ends between day and time only.
const whole = text => text.replaceAll(" ", "\u00a0");
export function localize(part) {
  for (const place of part.querySelectorAll("time[datetime]")) {
    const at = new Date(place.dateTime);
    if (!Number.isNaN(at.getTime())) {
      const days = at.getFullYear() === new Date().getFullYear() ? dayOfThisYear : dayOfOtherYears;
      place.textContent = `${whole(days.format(at))}, ${whole(time.format(at))}`;
    }
  }
}
export function moment(utc) {
  const part = document.createDocumentFragment();
  const place = part.appendChild(document.createElement("time"));
  place.dateTime = utc;
  place.title = utc;
  localize(part);
  return place;
}
localize(document);

// A moment in a form is given in UTC and edited in the reader's own time.
for (const field of document.querySelectorAll("input[data-moment]")) {
  const at = new Date(field.dataset.moment);
  if (!Number.isNaN(at.getTime())) {
    field.defaultValue = new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, at.getUTCSeconds() ? 19 : 16);
  }
  field.closest("label")?.querySelector("[data-zone]")?.remove();
}

// Forms that make an address: moments in UTC, and nothing of what was left empty.
for (const form of document.querySelectorAll("form[method=get]")) {
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) {
      if (value === "") {
        formData.delete(name);
      } else if (form.elements[name].dataset?.moment !== undefined) {
        formData.set(name, new Date(value).toISOString());
      }
    }
  });
}

// On a phone the list comes first.
const folded = document.querySelector("[data-folded]");
if (folded && matchMedia("(max-width: 40rem)").matches) {
  folded.open = false;
}

// Theme: the system's until somebody chooses.
const themes = ["system", "light", "dark"];
const themeButton = document.querySelector("[data-theme-next]");
function nameTheme() {
  const theme = root.dataset.theme ?? "system";
  const name = themeButton?.querySelector("[data-theme-name]");
  if (name) {
    name.textContent = theme[0].toUpperCase() + theme.slice(1);
    themeButton.setAttribute("aria-label", `Theme: ${theme}. Change it.`);
    themeButton.title = `Theme: ${theme}`;
  }
}
export function setTheme(theme) {
  if (theme === "system") {
    delete root.dataset.theme;
  } else {
    root.dataset.theme = theme;
  }
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // It lasts as long as the page.
  }
  nameTheme();
  document.dispatchEvent(new CustomEvent("themechange"));
}
themeButton?.addEventListener("click", () => setTheme(themes[(themes.indexOf(root.dataset.theme ?? "system") + 1) % themes.length]));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("themechange")));
nameTheme();

const menu = document.querySelector("[data-menu]");
menu?.addEventListener("click", () => {
  const isOpen = document.querySelector("[data-rail]").toggleAttribute("data-open");
  menu.setAttribute("aria-expanded", String(isOpen));
});

document.querySelector("[data-sign-out]")?.addEventListener("click", async () => {
  await fetch("/api/v1/session", { method: "DELETE", headers: { "X-LockLLM-CSRF-Token": csrf } }).catch(() => {});
  location.assign("/");
});

document.addEventListener("click", event => {
  const button = event.target.closest("button[data-copy]");
  if (button) {
    copy(button.dataset.copy, button);
  }
});

// Keys that mean the same on every page. What is typed into a field is text.
export const isTyping = event => event.ctrlKey || event.metaKey || event.altKey || Boolean(event.target.closest?.("input, select, textarea"));

const help = document.querySelector("[data-help]");
document.addEventListener("keydown", event => {
  if (isTyping(event) || document.querySelector("dialog[open]")) {
    return;
  }
  const field = document.querySelector("[name=request_id]");
  if (event.key === "?" && help) {
    event.preventDefault();
    help.showModal();
  } else if (event.key === "/" && field) {
    event.preventDefault();
    field.focus();
    field.select();
  }
});
