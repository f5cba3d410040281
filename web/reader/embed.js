// SPDX-License-Identifier: Apache-2.0
// A film of another site: its player comes when somebody presses it, and
// nothing of that site before. The link stays below it.

/** @param {MouseEvent} event */
function open(event) {
  const link = /** @type {HTMLElement | null} */ (
    event.target instanceof Element ? event.target.closest(".embed a[data-frame]") : null
  );
  const address = link?.dataset.frame;
  // Who wants it in a tab of its own gets it there.
  if (!link || !address || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const frame = document.createElement("iframe");
  frame.src = address;
  frame.title = link.querySelector(".embed-title")?.textContent ?? "";
  frame.allow = "autoplay; clipboard-write; encrypted-media; fullscreen; picture-in-picture";
  // YouTube's player does not play for whom it does not know: the paper's name,
  // not the article's, whatever the page says to others. A sandbox neither allows.
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  delete link.dataset.frame;
  link.querySelector("picture, img")?.remove();
  link.before(frame);
  frame.focus();
}

export const offerEmbeds = () => document.addEventListener("click", open);
