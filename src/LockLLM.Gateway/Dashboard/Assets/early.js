// What cannot wait for the modules.
(() => {
  // The chosen theme, before the first paint, so that it does not flash.
  const root = document.documentElement;
  root.dataset.js = "";
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") {
      root.dataset.theme = theme;
    }
  } catch {
    // Without storage, the system's theme.
  }

  // A button that is pressed before the modules have run waits for them; without them it would do nothing, or send its form nowhere.
  let pressed = null;
  const hold = event => {
    const button = event.target.closest("button");
    if (button) {
      event.preventDefault();
      event.stopImmediatePropagation();
      pressed?.removeAttribute("aria-busy");
      pressed = button;
      pressed.setAttribute("aria-busy", "true");
    }
  };
  addEventListener("click", hold, true);
  document.addEventListener("DOMContentLoaded", () => {
    removeEventListener("click", hold, true);
    pressed?.removeAttribute("aria-busy");
    pressed?.click();
  });
})();
