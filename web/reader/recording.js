// SPDX-License-Identifier: Apache-2.0
// The page of a programme that was recorded: it offers Play; what plays is
// fetched when somebody presses it, and nothing of the recording before.
const player = /** @type {HTMLElement} */ (document.querySelector("[data-recording]"));
const video = /** @type {HTMLVideoElement} */ (player.querySelector("video"));
const slate = /** @type {HTMLElement} */ (player.querySelector(".slate"));
const button = /** @type {HTMLButtonElement} */ (slate.querySelector("button"));
const sources = [...video.children];

async function play() {
  button.disabled = true;
  try {
    const { watch } = await import(player.dataset.player ?? "");
    slate.hidden = true;
    video.controls = true;
    watch(video, player.dataset.recording ?? "");
    video.focus({ preventScroll: true });
  } catch {
    // As without this script.
    slate.hidden = true;
    video.controls = true;
    video.append(...sources);
    void video.play().catch(() => {});
  }
}

video.controls = false;
video.replaceChildren();
slate.hidden = false;
button.addEventListener("click", () => void play());
