// Tells beside a test button what the provider said.
document.addEventListener("called", event => {
  const place = event.target.closest("[data-verify]")?.parentElement.querySelector("[data-verdict]");
  if (place) {
    const { works, message, upstream_status: status } = event.detail;
    place.className = works ? "badge good" : "badge bad";
    place.textContent = works ? "works" : `${message ?? "does not work"}${status ? ` (${status})` : ""}`;
  }
});
