// Setting up a second factor, passkeys, and ending the other sessions.
import { call, ceremony, clearProblems, showProblem, toast, waysToSignIn } from "./call.js";
import { moment } from "./dashboard.js";

const Svg = "http://www.w3.org/2000/svg";

document.addEventListener("called", event => {
  if (!event.target.closest("[data-totp-begin]")) {
    return;
  }
  const { secret, uri, qr_path: path, qr_size: size } = event.detail;
  const place = document.querySelector("[data-totp-setup]");
  if (path) {
    const drawing = document.createElementNS(Svg, "svg");
    drawing.setAttribute("viewBox", `0 0 ${size} ${size}`);
    drawing.setAttribute("role", "img");
    drawing.setAttribute("aria-label", "QR code of the secret below");
    const modules = document.createElementNS(Svg, "path");
    modules.setAttribute("d", path);
    drawing.append(modules);
    document.querySelector("[data-totp-qr]").replaceChildren(drawing);
  }
  document.querySelector("[data-totp-secret]").textContent = secret.match(/.{1,4}/g).join(" ");
  document.querySelector("[data-totp-link]").href = uri;
  event.target.closest("[data-totp-begin]").parentElement.hidden = true;
  place.hidden = false;
  place.querySelector("[name=code]").focus();
});

document.querySelector("[data-end-others]")?.addEventListener("click", async event => {
  event.target.disabled = true;
  try {
    for (const button of document.querySelectorAll("[data-end-session]")) {
      await call(...button.dataset.call.split(" "));
    }
    sessionStorage.setItem("toast", "All other sessions have ended.");
    location.reload();
  } catch (refusal) {
    toast(refusal.message, true, refusal.requestId);
    event.target.disabled = false;
  }
});

// Passkeys: made and kept by the browser or the device; the gateway holds their public halves.
const passkeys = document.querySelector("[data-passkeys]");
let chosen = null;

function cell(row, content) {
  const made = document.createElement("td");
  made.append(content);
  row.append(made);
}

function opener(label, dialog, passkey) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet small";
  button.textContent = label;
  button.setAttribute("aria-label", `${label} ${passkey.name}`);
  button.addEventListener("click", () => {
    chosen = passkey;
    const form = document.getElementById(dialog).querySelector("form");
    form.reset();
    clearProblems(form);
    if (form.elements.name) {
      form.elements.name.value = passkey.name;
    }
    document.getElementById(dialog).showModal();
  });
  return button;
}

async function listPasskeys() {
  const found = await call("GET", "/api/v1/me/passkeys");
  passkeys.querySelector("tbody").replaceChildren(...found.map(passkey => {
    const row = document.createElement("tr");
    row.dataset.passkey = passkey.id;
    cell(row, passkey.name);
    cell(row, passkey.backed_up ? "kept by an account of yours" : "on one device");
    cell(row, moment(passkey.created_at));
    cell(row, passkey.last_used_at ? moment(passkey.last_used_at) : "never");
    const actions = document.createElement("div");
    actions.className = "actions";
    actions.append(opener("Rename", "rename-passkey", passkey), opener("Remove", "remove-passkey", passkey));
    cell(row, actions);
    return row;
  }));
  passkeys.querySelector("table").hidden = found.length === 0;
}

function onSubmit(selector, act, done) {
  const form = passkeys.querySelector(selector);
  form.addEventListener("submit", async event => {
    event.preventDefault();
    clearProblems(form);
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      await act(form.elements.name?.value.trim());
      form.closest("dialog").close();
      toast(done);
      await listPasskeys();
    } catch (refusal) {
      showProblem(form, refusal);
    }
    button.disabled = false;
  });
}

if ((await waysToSignIn()).passkeys) {
  onSubmit("[data-add-passkey]", async name => {
    const { id, options } = await call("POST", "/api/v1/me/passkeys/begin", {});
    const credential = await ceremony(() => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }));
    await call("POST", "/api/v1/me/passkeys", { id, name, credential });
  }, "Passkey added.");
  onSubmit("[data-rename-passkey]", name => call("PUT", `/api/v1/me/passkeys/${chosen.id}`, { name }), "Passkey renamed.");
  onSubmit("[data-remove-passkey]", () => call("DELETE", `/api/v1/me/passkeys/${chosen.id}`), "Passkey removed. All other sessions have ended.");
  await listPasskeys();
  passkeys.hidden = false;
}
