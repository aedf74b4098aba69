// Accepts an invitation. Its token stands behind the # of the address, is never sent with a page, and leaves the address at once.
import { call, clearProblems, read, showProblem } from "./call.js";

const token = location.hash.slice(1);
// The first owner is invited by nobody who knew an address.
if (new URLSearchParams(location.search).has("owner")) {
  document.querySelector("[data-email]").hidden = false;
}
history.replaceState(null, "", location.pathname);
const form = document.querySelector("[data-join]");
form.hidden = token === "";
document.querySelector("[data-no-token]").hidden = token !== "";
form.addEventListener("submit", async event => {
  event.preventDefault();
  clearProblems(form);
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const session = await call("POST", "/api/v1/invitations/accept", { token, ...read(form) });
    location.assign(session.member?.role === "owner" ? "/dashboard/start" : "/dashboard");
  } catch (refusal) {
    if (refusal.param === "email") {
      form.querySelector("[data-email]").hidden = false;
    }
    showProblem(form, refusal);
    button.disabled = false;
  }
});
