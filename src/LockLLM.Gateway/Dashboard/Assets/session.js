// Where the session is over: how to say so, and the way back to this page.
export const signInAddress = () => `/?to=${encodeURIComponent(location.pathname + location.search)}&over`;

export function tellOver() {
  const banner = document.querySelector("[data-over]");
  banner.querySelector("a").href = signInAddress();
  banner.hidden = false;
}
