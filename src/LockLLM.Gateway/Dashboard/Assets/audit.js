// Says what reading the whole chain has shown.
document.addEventListener("called", event => {
  if (!event.target.closest("[data-check-chain]")) {
    return;
  }
  const { intact, events, broken_at: brokenAt, problem, dropped, checked_at: checkedAt } = event.detail;
  const place = document.querySelector("[data-chain]");
  const lost = dropped > 0 ? ` ${dropped} uses of secrets could not be recorded since the start.` : "";
  place.textContent = intact
    ? `The chain is whole: ${events.toLocaleString()} events of the installation are as they were written and the end is signed. Checked ${new Date(checkedAt).toLocaleString()}.${lost}`
    : `The chain is broken at event ${brokenAt}: ${problem} ${events.toLocaleString()} events before it are as they were written.${lost}`;
  place.dataset.chain = intact ? "intact" : "broken";
  place.classList.toggle("broken", !intact);
  place.hidden = false;
});
