// Whether somebody is at the page. What a page does by itself must not keep a forgotten session alive.
const patience = 5 * 60 * 1000;
let last = Date.now();
for (const kind of ["pointermove", "pointerdown", "keydown", "scroll", "focus"]) {
  addEventListener(kind, () => { last = Date.now(); }, { passive: true, capture: true });
}

export const isAttended = () => document.visibilityState === "visible" && Date.now() - last < patience;
