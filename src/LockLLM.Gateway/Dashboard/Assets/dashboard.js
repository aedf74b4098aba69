// Pages work without this script, except for signing in and out.
const json = { "Content-Type": "application/json" };

const form = document.querySelector("[data-sign-in]");
form?.addEventListener("submit", async event => {
  event.preventDefault();
  const problem = form.querySelector("[data-problem]");
  const button = form.querySelector("button");
  problem.textContent = "";
  button.disabled = true;
  try {
    const { email, password, code } = Object.fromEntries(new FormData(form));
    const answer = await fetch("/api/v1/session", { method: "POST", headers: json, body: JSON.stringify(code ? { email, password, code } : { email, password }) });
    if (answer.ok) {
      location.assign(destination());
      return;
    }
    const error = (await answer.json()).error;
    problem.textContent = error.message;
    if (error.code === "code_required") {
      const field = form.querySelector("[data-code]");
      field.hidden = false;
      field.querySelector("input").focus();
    }
  } catch {
    problem.textContent = "The gateway cannot be reached. Try again in a moment.";
  }
  button.disabled = false;
});

// Only to a page of the dashboard; anything else in the address is ignored.
function destination() {
  const wanted = new URL(new URLSearchParams(location.search).get("to") ?? "/dashboard", location.origin);
  const isOurs = wanted.origin === location.origin && (wanted.pathname === "/dashboard" || wanted.pathname.startsWith("/dashboard/"));
  return isOurs ? wanted.pathname + wanted.search : "/dashboard";
}

const csrf = document.querySelector("[data-csrf]")?.dataset.csrf;
document.querySelector("[data-sign-out]")?.addEventListener("click", async () => {
  await fetch("/api/v1/session", { method: "DELETE", headers: { "X-LockLLM-CSRF-Token": csrf } });
  location.assign("/");
});

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
  });
}

for (const time of document.querySelectorAll("time")) {
  time.textContent = new Date(time.dateTime).toLocaleString();
}

const rows = [...document.querySelectorAll("[data-row] a")];
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) {
    return;
  }
  const at = rows.indexOf(document.activeElement);
  if (event.key === "j" || event.key === "k") {
    rows[Math.min(rows.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))]?.focus();
  } else if (event.key === "/") {
    event.preventDefault();
    document.querySelector("[name=request_id]")?.focus();
  } else if (event.key === "Escape") {
    document.querySelector("[data-close]")?.click();
  }
});
