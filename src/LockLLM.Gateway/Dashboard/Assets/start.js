// First steps: the default action, a first key with snippets that hold it, and the first request as it arrives.
import { call, clearProblems, read, showProblem, toast } from "./call.js";
import { tellOver } from "./session.js";

const settings = document.querySelector("[data-step-action] form");
settings?.addEventListener("submit", async event => {
  event.preventDefault();
  clearProblems(settings);
  try {
    await call("PUT", "/api/v1/settings", read(settings));
    done("action");
    toast("Saved.");
  } catch (refusal) {
    showProblem(settings, refusal);
  }
});

const keyForm = document.querySelector("[data-step-key] form");
keyForm?.addEventListener("submit", async event => {
  event.preventDefault();
  clearProblems(keyForm);
  const button = keyForm.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const made = await call("POST", "/api/v1/keys", read(keyForm));
    document.querySelector("[data-key]").textContent = made.key;
    document.querySelector("[data-made]").hidden = false;
    keyForm.hidden = true;
    for (const snippet of document.querySelectorAll("[data-snippet]")) {
      snippet.textContent = snippet.textContent.replaceAll("YOUR_LOCKLLM_KEY", made.key);
    }
    done("key");
    wait(made.id);
  } catch (refusal) {
    showProblem(keyForm, refusal);
    button.disabled = false;
  }
});

function done(step) {
  document.querySelector(`[data-step-${step}]`).classList.add("done");
}

const arrival = document.querySelector("[data-arrival]");
const link = document.querySelector("[data-arrival-link]");
let source = null;
function wait(keyId) {
  source?.close();
  source = new EventSource("/dashboard/events/live" + (keyId ? `?api_key_id=${encodeURIComponent(keyId)}` : ""));
  source.addEventListener("rows", event => {
    const part = document.createElement("template");
    part.innerHTML = event.data;
    const row = part.content.querySelector("[data-row]");
    if (row) {
      source.close();
      arrival.textContent = "The first request is here.";
      link.href = `/dashboard/events?event=${encodeURIComponent(row.dataset.row)}`;
      link.hidden = false;
      done("request");
    }
  });
  source.addEventListener("over", () => {
    source.close();
    tellOver();
  });
}
if (document.querySelector("[data-step-request]:not(.done)")) {
  wait(null);
}
