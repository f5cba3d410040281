// SPDX-License-Identifier: Apache-2.0
// What plays a channel, fetched when somebody presses Play.
import { makeControls } from "./player-controls.js";
import { makeEngine, playRecording } from "./player-engine.js";

/** @type {import("./player-engine.js").Engine | undefined} */
let engine;

/** @param {HTMLElement} air @param {number} [at] ms since 1970: then instead of now */
export function start(air, at) {
  const player = /** @type {HTMLElement} */ (air.querySelector(".player"));
  const video = /** @type {HTMLVideoElement} */ (player.querySelector("video"));
  const trouble = /** @type {HTMLElement} */ (player.querySelector(".trouble"));
  const template = /** @type {HTMLTemplateElement} */ (player.querySelector("template"));
  engine = makeEngine(video, air.dataset.stream ?? "");
  player.append(template.content);
  makeControls(air, player, video, engine);
  engine.onTrouble = (is) => trouble.classList.toggle("waiting", is);
  void engine.load({ at });
  /** @type {HTMLElement | null} */ (player.querySelector("[data-do=play]"))?.focus({ preventScroll: true });
}

/** In the place of a picture that leads to a channel's page, with the browser's
 * own buttons. @param {HTMLAnchorElement} link */
export function startSmall(link) {
  const view = document.createElement("div");
  const video = document.createElement("video");
  view.className = "watching";
  video.controls = true;
  video.playsInline = true;
  video.ariaLabel = link.textContent;
  view.append(video);
  link.replaceWith(view);
  const small = makeEngine(video, link.dataset.stream ?? "");
  small.onTrouble = (is) => view.classList.toggle("waiting", is);
  // There is no way back in so small a player: whoever paused goes on live.
  video.addEventListener("pause", () => video.addEventListener("play", () => small.goLive(), { once: true }));
  view.addEventListener("off", () => small.destroy());
  void small.load();
  video.focus({ preventScroll: true });
}

/** What was recorded, with the browser's own buttons. @param {HTMLVideoElement} video @param {string} url */
export const watch = (video, url) => playRecording(video, url);

/** Nothing comes any more. Whoever watches the past goes on with that.
 * @returns {boolean} whether it stopped */
export function stop() {
  if (!engine?.follows) return false;
  engine.destroy();
  engine = undefined;
  return true;
}

/** @param {number} at */
export const seek = (at) => engine?.seek(at);
