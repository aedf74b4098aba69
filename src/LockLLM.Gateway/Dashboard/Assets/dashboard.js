// The frame of every page. Pages can be read without this script; signing in and out need it.
import { copy } from "./clipboard.js";

const root = document.documentElement;
const json = { "Content-Type": "application/json" };
const csrf = document.querySelector("[data-csrf]")?.dataset.csrf;

// Times are told in the reader's own zone, with UTC on hover. Others call this for what they put on a page.
const parts = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" };
const ofThisYear = new Intl.DateTimeFormat(undefined, parts);
const ofOtherYears = new Intl.DateTimeFormat(undefined, { ...parts, year: "numeric" });
export function localize(part) {
  for (const time of part.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) {
      time.textContent = (at.getFullYear() === new Date().getFullYear() ? ofThisYear : ofOtherYears).format(at);
    }
  }
}
localize(document);

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
async function openPalette() {
  const { open } = await import("./palette.js");
  open();
}
document.querySelector("[data-palette-open]")?.addEventListener("click", openPalette);
document.addEventListener("keydown", event => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k" && document.querySelector("[data-palette]")) {
    event.preventDefault();
    openPalette();
  } else if (event.key === "?" && help && !isTyping(event) && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    help.showModal();
  } else if (event.key === "/" && !isTyping(event) && !document.querySelector("dialog[open]")) {
    const field = document.querySelector("[name=request_id]");
    if (field) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if (document.querySelector("[data-palette]")) {
      event.preventDefault();
      openPalette();
    }
  }
});

// Signing in.
const form = document.querySelector("[data-sign-in]");
if (form) {
  const problem = form.querySelector("[data-problem]");
  const tell = error => {
    problem.textContent = error.message;
  };

  // Only to a page of the dashboard; anything else in the address is ignored.
  const destination = () => {
    try {
      const wanted = new URL(new URLSearchParams(location.search).get("to") ?? "/dashboard", location.origin);
      const isOurs = wanted.origin === location.origin && (wanted.pathname === "/dashboard" || wanted.pathname.startsWith("/dashboard/"));
      return isOurs ? wanted.pathname + wanted.search : "/dashboard";
    } catch {
      return "/dashboard";
    }
  };

  const post = async (path, body) => {
    let answer;
    try {
      answer = await fetch(path, { method: "POST", headers: json, body: JSON.stringify(body) });
    } catch {
      throw { message: "The gateway cannot be reached. Try again in a moment." };
    }
    const value = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      throw value.error ?? { message: `The gateway answered ${answer.status}.` };
    }
    return value;
  };

  form.addEventListener("submit", async event => {
    event.preventDefault();
    const button = form.querySelector("button");
    problem.textContent = "";
    button.disabled = true;
    try {
      const { email, password, code } = Object.fromEntries(new FormData(form));
      await post("/api/v1/session", code ? { email, password, code } : { email, password });
      location.assign(destination());
    } catch (error) {
      tell(error);
      if (error.code === "code_required") {
        const field = form.querySelector("[data-code]");
        field.hidden = false;
        field.querySelector("input").focus();
      }
      button.disabled = false;
    }
  });

  const ways = document.querySelector("[data-ways][data-options]");
  if (ways) {
    const answer = await fetch(ways.dataset.options).catch(() => null);
    const offered = answer?.ok ? await answer.json() : {};
    const add = (name, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.textContent = name;
      button.addEventListener("click", act);
      ways.append(button);
      ways.hidden = false;
    };
    if (offered.passkeys && globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) {
      add("Sign in with a passkey", async () => {
        problem.textContent = "";
        try {
          const { id, options } = await post("/api/v1/session/passkey/begin", {});
          const credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
          await post("/api/v1/session/passkey", { id, credential: credential.toJSON() });
          location.assign(destination());
        } catch (error) {
          tell(error.name === "NotAllowedError" ? { message: "No passkey was given." } : error);
        }
      });
    }
    const provider = offered.open_id_connect;
    if (provider?.address?.startsWith("/")) {
      add(`Sign in with ${provider.name}`, () => location.assign(provider.address));
    }
  }
}
