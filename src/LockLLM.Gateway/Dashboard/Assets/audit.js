// Says what reading the whole chain has shown.
import { moment } from "./dashboard.js";

document.addEventListener("called", event => {
  if (!event.target.closest("[data-check-chain]")) {
    return;
  }
  const { intact, events, broken_at: brokenAt, problem, dropped, checked_at: checkedAt } = event.detail;
  const place = document.querySelector("[data-chain]");
  const lost = dropped > 0 ? ` ${dropped} uses of secrets could not be recorded since the start.` : "";
  const found = intact
    ? `The chain is whole: ${events.toLocaleString()} events of the installation are as they were written and the end is signed.`
    : `The chain is broken at event ${brokenAt}: ${problem} ${events.toLocaleString()} events before it are as they were written.`;
  place.replaceChildren(`${found}${lost} Checked `, moment(checkedAt), ".");
  place.dataset.chain = intact ? "intact" : "broken";
  place.classList.toggle("broken", !intact);
  place.hidden = false;
});
