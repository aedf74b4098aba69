// Signing in: with a password, a passkey or at an OpenID Connect provider; then on to where somebody wanted to go.
import { call, clearProblems, givePasskey, read, showProblem, waysToSignIn } from "./call.js";

const form = document.querySelector("[data-sign-in]");
const asked = new URLSearchParams(location.search);
document.querySelector("[data-was-over]").hidden = !asked.has("over");

// Only to a page of the dashboard; anything else in the address is ignored.
function destination() {
  try {
    const wanted = new URL(asked.get("to") ?? "/dashboard", location.origin);
    const isOurs = wanted.origin === location.origin && (wanted.pathname === "/dashboard" || wanted.pathname.startsWith("/dashboard/"));
    return isOurs ? wanted.pathname + wanted.search : "/dashboard";
  } catch {
    return "/dashboard";
  }
}

async function enter(button, act) {
  clearProblems(form);
  button.disabled = true;
  try {
    await act();
    location.assign(destination());
  } catch (refusal) {
    if (refusal.code === "code_required") {
      form.querySelector("[data-code]").hidden = false;
      form.elements.code.focus();
    }
    showProblem(form, refusal);
    button.disabled = false;
  }
}

form.addEventListener("submit", event => {
  event.preventDefault();
  enter(form.querySelector("[type=submit]"), () => call("POST", "/api/v1/session", read(form)));
});

const places = document.querySelector("[data-ways]");
function offer(name, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = name;
  button.addEventListener("click", () => act(button));
  places.append(button);
  places.hidden = false;
}

const ways = await waysToSignIn();
if (ways.passkeys) {
  offer("Sign in with a passkey", button => enter(button, () => givePasskey("/api/v1/session/passkey")));
}
if (ways.open_id_connect?.address?.startsWith("/")) {
  offer(`Sign in with ${ways.open_id_connect.name}`, () => location.assign(ways.open_id_connect.address));
}
