// SPDX-License-Identifier: Apache-2.0
// An article's tools: the device's own way to share, where it has one, and the
// size of the text, which is remembered.

const SIZES = [1, 1.15, 1.3, 1.5];
const KEY = "size";

/** Storage may be forbidden: then it is the usual size again on the next page. */
function remembered() {
  try {
    return Number(localStorage.getItem(KEY)) || 0;
  } catch {
    return 0;
  }
}

/** @param {number} index */
function setSize(index) {
  document.documentElement.style.setProperty("--size", String(SIZES[index] ?? 1));
  try {
    localStorage.setItem(KEY, String(index));
  } catch {
    // See above.
  }
}

/** @param {HTMLElement} share */
function offerSizes(share) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "size";
  button.append("Aa");
  button.ariaLabel = share.dataset.size ?? "";
  button.title = button.ariaLabel;
  button.addEventListener("click", () => setSize((remembered() + 1) % SIZES.length));
  share.after(button);
}

export function offerTools() {
  if (remembered()) setSize(remembered());
  const share = /** @type {HTMLDetailsElement | null} */ (document.querySelector("[data-share]"));
  if (!share) return;
  offerSizes(share);
  if (!navigator.share) return;
  share.addEventListener("click", (event) => {
    if (!(/** @type {Element} */ (event.target).closest("summary"))) return;
    event.preventDefault();
    navigator.share({ title: document.querySelector("h1")?.textContent ?? "", url: location.href }).catch(() => {});
  });
}
