// Forms and buttons that call the management API. What they call stands in the markup:
//   data-call="PUT /api/v1/settings"   the method and the path
//   data-then="reload | stay | secret | go:/path"   what follows; reload unless given
//   data-done="Saved."                 what to say then
// Texts from answers are only ever set as text.
import { copy } from "./clipboard.js";
import { signInAddress } from "./session.js";

let csrf = document.querySelector("[data-csrf]")?.dataset.csrf ?? "";

export class Refusal extends Error {
  constructor(error) {
    super(error.message);
    this.code = error.code;
    this.param = error.param;
    this.requestId = error.request_id;
  }
}

async function send(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: { "Content-Type": "application/json", "X-LockLLM-CSRF-Token": csrf },
      body: body === undefined || method === "GET" ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Refusal({ code: "unreachable", message: "The gateway cannot be reached. Try again in a moment." });
  }
  const value = await answer.json().catch(() => ({}));
  if (answer.ok) {
    csrf = value.csrf_token ?? value.session?.csrf_token ?? csrf;
    return value;
  }
  if (value.error?.code === "unauthorized") {
    // The session is over. Whoever waits for the answer waits until the page is left.
    location.assign(signInAddress());
    await new Promise(() => {});
  }
  const error = value.error ?? { code: "unknown", message: `The gateway answered ${answer.status}.`, request_id: answer.headers.get("X-Request-Id") };
  if (error.code === "csrf_failed" && csrf) {
    // The cookie is of a later session than the page.
    error.message = "You signed in again after this page was opened. Load it again, then repeat this.";
  }
  if (answer.status === 429 && answer.headers.get("Retry-After")) {
    error.message += ` Try again in ${answer.headers.get("Retry-After")} s.`;
  }
  throw new Refusal(error);
}

// Calls the API, and asks for the password where the API wants it again.
export async function call(method, path, body) {
  for (;;) {
    try {
      return await send(method, path, body);
    } catch (refusal) {
      if (refusal.code !== "confirmation_required") {
        throw refusal;
      }
      if (!await confirmPassword()) {
        throw new Refusal({ code: "cancelled", message: "Nothing was changed: the password was not given." });
      }
    }
  }
}

// Which ways to sign in there are; passkeys only where the browser has them, too.
export async function waysToSignIn() {
  const ways = await send("GET", "/api/v1/session/options").catch(() => ({}));
  return { ...ways, passkeys: ways.passkeys === true && Boolean(globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON) };
}

// What the browser's own dialog was closed with is no fault.
export async function ceremony(act) {
  try {
    return (await act()).toJSON();
  } catch (fault) {
    throw new Refusal({ code: "no_passkey", message: fault.name === "InvalidStateError" ? "This device has a passkey for you already." : "No passkey was given." });
  }
}

// Signs in, or confirms, with a passkey.
export async function givePasskey(path) {
  const { id, options } = await send("POST", "/api/v1/session/passkey/begin", {});
  const credential = await ceremony(() => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }));
  return send("POST", path, { id, credential });
}

function confirmPassword() {
  const dialog = document.querySelector("[data-confirm-password]");
  const form = dialog.querySelector("form");
  const codeField = dialog.querySelector("[data-code]");
  form.reset();
  clearProblems(form);
  return new Promise(resolve => {
    const submit = async event => {
      event.preventDefault();
      event.stopPropagation();
      const { password, code } = Object.fromEntries(new FormData(form));
      clearProblems(form);
      try {
        await send("POST", "/api/v1/session/confirm", code ? { password, code } : { password });
        form.removeEventListener("submit", submit);
        dialog.close("confirmed");
      } catch (refusal) {
        if (refusal.code === "code_required") {
          codeField.hidden = false;
          codeField.querySelector("input").focus();
        }
        showProblem(form, refusal);
      }
    };
    const passkey = dialog.querySelector("[data-confirm-passkey]");
    const show = async () => {
      clearProblems(form);
      try {
        await givePasskey("/api/v1/session/confirm/passkey");
        dialog.close("confirmed");
      } catch (refusal) {
        showProblem(form, refusal);
      }
    };
    passkey.addEventListener("click", show);
    waysToSignIn().then(ways => { passkey.hidden = !ways.passkeys; });
    form.addEventListener("submit", submit);
    dialog.addEventListener("close", () => {
      form.removeEventListener("submit", submit);
      passkey.removeEventListener("click", show);
      form.reset();
      resolve(dialog.returnValue === "confirmed");
    }, { once: true });
    dialog.returnValue = "";
    dialog.showModal();
    form.elements.password.focus();
  });
}

// The body that a form stands for. An empty field is left out unless data-json="keep".
export function read(form) {
  const body = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || field.closest("[hidden]")) {
      continue;
    }
    const kind = field.dataset.json ?? (field.type === "checkbox" ? "boolean" : field.type === "number" ? "number" : "text");
    const text = field.value.trim();
    if (kind === "list" && field.type === "checkbox") {
      body[field.name] ??= [];
      if (field.checked) {
        body[field.name].push(field.value);
      }
    } else if (kind === "lines") {
      body[field.name] = field.value.split("\n").map(line => line.trim()).filter(line => line);
    } else if (kind === "boolean") {
      body[field.name] = field.checked;
    } else if (field.type === "radio") {
      if (field.checked) {
        body[field.name] = kind === "truth" ? field.value === "true" : field.value;
      }
    } else if (kind === "number") {
      if (text !== "") {
        body[field.name] = Number(text);
      }
    } else if (kind === "moment") {
      if (text !== "") {
        body[field.name] = new Date(text).toISOString();
      }
    } else if (field.type === "password") {
      // Spaces may be meant.
      if (field.value !== "") {
        body[field.name] = field.value;
      }
    } else if (text !== "" || kind === "keep") {
      body[field.name] = text;
    }
  }
  return body;
}

export function clearProblems(form) {
  for (const problem of form.querySelectorAll("[data-error-for], [data-problem]")) {
    problem.textContent = "";
    problem.hidden = true;
  }
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
  }
}

// At the field that the API names, else at the form's own place.
export function showProblem(form, refusal) {
  const beside = refusal.param && form.querySelector(`[data-error-for="${CSS.escape(refusal.param)}"]`);
  const problem = beside || form.querySelector("[data-problem]");
  if (!problem) {
    toast(refusal.message, true, refusal.requestId);
    return;
  }
  problem.textContent = refusal.message ?? String(refusal);
  if (refusal.requestId) {
    const id = document.createElement("small");
    id.className = "request-id";
    id.textContent = ` Request ${refusal.requestId}`;
    problem.append(id);
  }
  problem.hidden = false;
  if (beside) {
    const field = form.elements[refusal.param];
    const input = field instanceof RadioNodeList ? field[0] : field;
    input?.setAttribute("aria-invalid", "true");
    input?.focus();
  }
}

export function toast(message, isProblem = false, requestId = undefined) {
  const place = document.querySelector("[data-toasts]");
  if (!place) {
    return;
  }
  const note = document.createElement("p");
  note.className = isProblem ? "toast problem" : "toast";
  note.textContent = requestId ? `${message} Request ${requestId}` : message;
  place.append(note);
  setTimeout(() => note.remove(), isProblem ? 12000 : 6000);
}

function afterwards(then, done) {
  if (done) {
    sessionStorage.setItem("toast", done);
  }
  if (then?.startsWith("go:")) {
    location.assign(then.slice(3));
  } else {
    location.reload();
  }
}

// A secret that is shown this once; the page goes on when its reader says so.
function showSecret(source, value) {
  const dialog = document.querySelector("[data-secret-dialog]");
  const given = value[source.dataset.secret];
  const secret = Array.isArray(given) ? given.join("\n") : given;
  dialog.querySelector("[data-secret-title]").textContent = source.dataset.secretTitle;
  dialog.querySelector("[data-secret-value]").textContent = (source.dataset.secretPrefix ?? "") + secret;
  const use = dialog.querySelector("[data-secret-use]");
  use.hidden = !source.dataset.secretUse;
  use.textContent = (source.dataset.secretUse ?? "").replaceAll("{secret}", secret);
  dialog.addEventListener("close", () => {
    dialog.querySelector("[data-secret-value]").textContent = "";
    use.textContent = "";
    afterwards(source.dataset.next, source.dataset.done);
  }, { once: true });
  dialog.showModal();
}

async function perform(source, form, body) {
  const [method, path] = source.dataset.call.split(" ");
  const buttons = form ? [...form.querySelectorAll("button")] : [source];
  if (form) {
    clearProblems(form);
  }
  buttons.forEach(button => { button.disabled = true; });
  source.setAttribute("aria-busy", "true");
  try {
    const value = await call(method, path, body);
    source.closest("dialog")?.close();
    const then = source.dataset.then;
    if (then === "secret") {
      showSecret(source, value);
    } else if (then === "stay") {
      if (source.dataset.done) {
        toast(source.dataset.done);
      }
    } else {
      afterwards(then, source.dataset.done);
    }
    source.dispatchEvent(new CustomEvent("called", { bubbles: true, detail: value }));
  } catch (refusal) {
    if (form) {
      showProblem(form, refusal);
    } else {
      toast(refusal.message, true, refusal.requestId);
    }
  } finally {
    source.removeAttribute("aria-busy");
    buttons.forEach(button => { button.disabled = false; });
    if (form) {
      matchWords(form);
    }
  }
}

document.addEventListener("submit", event => {
  const form = event.target.closest("form[data-call]");
  if (form) {
    event.preventDefault();
    perform(form, form, read(form));
  }
});

document.addEventListener("click", event => {
  const button = event.target.closest("button");
  if (!button) {
    return;
  }
  if (button.dataset.call && !button.form?.dataset.call) {
    perform(button, null, button.dataset.body ? JSON.parse(button.dataset.body) : {});
  } else if (button.dataset.open) {
    const dialog = document.getElementById(button.dataset.open);
    for (const form of dialog.querySelectorAll("form")) {
      form.reset();
      clearProblems(form);
      matchWords(form);
      showWhen(form);
    }
    dialog.showModal();
  } else if ("closeDialog" in button.dataset) {
    button.closest("dialog").close();
  } else if (button.dataset.copyFrom) {
    copy(document.getElementById(button.dataset.copyFrom).textContent, button);
  }
});

// What cannot be undone waits for a word to be typed.
function matchWords(form) {
  const word = form.querySelector("[data-must-equal]");
  if (word) {
    form.querySelector("button[type=submit]").disabled = word.value !== word.dataset.mustEqual;
  }
}

// data-when="provider=azure custom": only there with one of these values.
function showWhen(form) {
  for (const part of form.querySelectorAll("[data-when]")) {
    const [name, values] = part.dataset.when.split("=");
    part.hidden = !values.split(" ").includes(form.elements[name].value);
  }
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, event => {
    const form = event.target.form;
    if (form) {
      matchWords(form);
      showWhen(form);
    }
  });
}

for (const form of document.querySelectorAll("form")) {
  matchWords(form);
  showWhen(form);
}

const waiting = sessionStorage.getItem("toast");
if (waiting) {
  sessionStorage.removeItem("toast");
  toast(waiting);
}
