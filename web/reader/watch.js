// SPDX-License-Identifier: Apache-2.0
// Television in little: its picture is a link to the channel's page. Pressed, it
// plays where it stands; what plays is fetched then, and nothing of the stream
// before.

/** @param {MouseEvent} event */
async function watch(event) {
  const link = /** @type {HTMLAnchorElement | null} */ (event.target instanceof Element ? event.target.closest(".watch") : null);
  // Who wants the page in a tab of its own gets it there.
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.ariaBusy) return;
  link.ariaBusy = "true";
  try {
    const { startSmall } = await import(link.dataset.player ?? "");
    startSmall(link);
  } catch {
    location.assign(link.href);
  }
}

export const offerTelevision = () => document.addEventListener("click", (event) => void watch(event));
