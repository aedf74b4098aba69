// Setting up a second factor, and ending the other sessions.
import { call, toast } from "./call.js";

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
