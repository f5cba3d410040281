// SPDX-License-Identifier: Apache-2.0
// The player's buttons, scrubber and keys. Their words stand in the page.
import { makeCaptions, remember, wanted } from "./player-captions.js";
import { loadPictures } from "./player-pictures.js";

const STEP_S = 10;
const NEAR_S = 6;

/** "1:02:03" @param {number} seconds */
function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (!parts[0]) parts.shift();
  return parts.map((part, i) => (i ? String(part).padStart(2, "0") : part)).join(":");
}

/** The label of a button that is on or off. @param {HTMLElement} button @param {boolean} on */
function turn(button, on) {
  button.classList.toggle("is-on", on);
  const label = on ? button.dataset.on : button.dataset.off;
  if (label && button.ariaLabel !== label) button.ariaLabel = label;
}

/**
 * @param {HTMLElement} air  with data-dvr and data-since
 * @param {HTMLElement} player
 * @param {HTMLVideoElement} video
 * @param {import("./player-engine.js").Engine} engine
 */
export function makeControls(air, player, video, engine) {
  /** @param {string} name @returns {any} */
  const part = (name) => player.querySelector(`[data-do="${name}"]`);
  const seek = /** @type {HTMLInputElement} */ (part("seek"));
  const at = /** @type {HTMLElement} */ (player.querySelector(".at"));
  const marks = /** @type {HTMLElement} */ (player.querySelector(".marks"));
  const quality = /** @type {HTMLSelectElement} */ (part("quality"));
  let held = false; // the scrubber is in somebody's hand

  /** How many seconds can be gone back. */
  function reach() {
    const { dvr = "0", since = "0" } = air.dataset;
    return Math.max(10, Math.min(Number(dvr), (Date.now() - Number(since)) / 1000));
  }

  /** Starts of programmes as marks on the scrubber. */
  function showMarks() {
    const length = reach();
    const starts = [...document.querySelectorAll("[data-start]")].map(
      (row) => (Date.now() - Date.parse(/** @type {HTMLElement} */ (row).dataset.start ?? "")) / 1000,
    );
    const wanted = starts.filter((ago) => ago > 0 && ago < length);
    while (marks.childElementCount > wanted.length) marks.lastElementChild?.remove();
    while (marks.childElementCount < wanted.length) marks.append(document.createElement("i"));
    wanted.forEach((ago, i) => {
      /** @type {HTMLElement} */ (marks.children[i]).style.setProperty("inset-inline-start", `${100 - (100 * ago) / length}%`);
    });
  }

  function show() {
    const behind = (engine.edge() - engine.position()) / 1000;
    const isLive = engine.isLive && !(behind > NEAR_S);
    seek.min = String(-Math.round(reach()));
    if (!held) seek.value = String(isLive || !(behind > 0) ? 0 : -behind);
    seek.ariaValueText = isLive ? (seek.dataset.live ?? "") : `−${clock(-Number(seek.value))}`;
    at.textContent = isLive || !(behind > 0) ? "" : `−${clock(behind)}`;
    part("live").ariaPressed = String(isLive);
    turn(part("play"), !video.paused);
    turn(part("mute"), video.muted || !video.volume);
    part("volume").value = String(video.muted ? 0 : video.volume);
    turn(part("full"), document.fullscreenElement === player);
    player.classList.toggle("sound", engine.audio);
  }

  function showLevels() {
    for (const option of [...quality.options].slice(1, -1)) option.remove();
    const last = quality.options[quality.options.length - 1];
    engine.levels.forEach(({ height }, index) => {
      if (!height) return;
      const option = new Option(`${height}p`, String(index));
      quality.insertBefore(option, last ?? null);
    });
    quality.value = engine.audio ? "audio" : engine.level < 0 ? "auto" : String(engine.level);
  }

  function choose() {
    const { value } = quality;
    const audio = value === "audio";
    if (audio !== engine.audio) void engine.load({ audio });
    engine.level = audio || value === "auto" ? -1 : Number(value);
  }

  /** Those of the device's own player are its tracks. */
  const tracks = () => [...video.textTracks].filter(({ kind }) => kind === "captions" || kind === "subtitles");
  const captions = engine.native ? undefined : makeCaptions(video, air.dataset.stream ?? "", engine.position);
  const hasCaptions = () => captions?.isOn ?? tracks().some(({ mode }) => mode === "showing");

  const which = /** @type {HTMLSelectElement} */ (part("track"));

  /** @param {boolean} on */
  function turnCaptions(on) {
    if (captions) captions.set(on);
    else tracks().forEach((track, i) => (track.mode = on && !i ? "showing" : "hidden"));
    part("captions").ariaPressed = String(hasCaptions());
    which.hidden = !captions?.isOn || which.length < 2;
  }

  /** One that came stays: what it said can be seen again. @param {number[]} numbers @param {Map<number, string>} names */
  function offerCaptions(numbers, names) {
    const known = [...which.options].map(({ value }) => Number(value));
    const all = [...new Set([...known, ...numbers])].sort();
    if (captions && all.length) {
      which.replaceChildren(...all.map((number) => new Option(names.get(number) || (number > 1 ? `CC${number}` : which.ariaLabel ?? ""), String(number))));
      if (!known.length) captions.number = all[0] ?? 1;
      which.value = String(captions.number);
      turnCaptions(captions.isOn);
    }
    if (!part("captions").hidden || !all.length) return;
    part("captions").hidden = false;
    turnCaptions(wanted());
  }
  which.addEventListener("change", () => captions && (captions.number = Number(which.value)));

  /** @param {number} seconds */
  function step(seconds) {
    engine.seek(engine.position() + seconds * 1000);
  }

  /** @type {Record<string, () => void>} */
  const deeds = {
    play: () => (video.paused ? engine.resume() : engine.pause()),
    live: () => engine.goLive(),
    mute: () => void (video.muted = !video.muted),
    captions: () => {
      if (part("captions").hidden) return;
      remember(!hasCaptions());
      turnCaptions(!hasCaptions());
    },
    pip: () => void (document.pictureInPictureElement ? document.exitPictureInPicture() : video.requestPictureInPicture()).catch(() => {}),
    full: () => void (document.fullscreenElement ? document.exitFullscreen() : player.requestFullscreen()).catch(() => {}),
  };
  for (const [name, deed] of Object.entries(deeds))
    part(name).addEventListener("click", () => {
      deed();
      show();
    });

  /** @type {Record<string, () => void>} */
  const keys = {
    " ": deeds.play,
    k: deeds.play,
    l: deeds.live,
    End: deeds.live,
    Home: () => engine.seek(Date.now() - reach() * 1000),
    m: deeds.mute,
    c: deeds.captions,
    i: deeds.pip,
    f: deeds.full,
    ArrowLeft: () => step(-STEP_S),
    ArrowRight: () => step(STEP_S),
    ArrowUp: () => void (video.volume = Math.min(1, video.volume + 0.1)),
    ArrowDown: () => void (video.volume = Math.max(0, video.volume - 0.1)),
  };
  player.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const own = target.matches("select") || (target.matches("input") && event.key.length > 1) || (event.key === " " && target.matches("button"));
    const deed = keys[event.key.length > 1 ? event.key : event.key.toLowerCase()];
    if (!deed || own) return;
    event.preventDefault();
    deed();
    show();
  });

  seek.addEventListener("input", () => void (held = true));
  seek.addEventListener("change", () => {
    held = false;
    engine.seek(engine.edge() + Number(seek.value) * 1000);
  });
  loadPictures(player, seek, air.dataset.stream ?? "", () => engine.edge(), clock);
  part("volume").addEventListener("input", (/** @type {Event} */ event) => {
    video.volume = Number(/** @type {HTMLInputElement} */ (event.target).value);
    video.muted = !video.volume;
  });
  quality.addEventListener("change", choose);
  engine.onLevels = showLevels;
  part("pip").hidden = !document.pictureInPictureEnabled;
  engine.onCaptions = offerCaptions;
  if (engine.native) video.textTracks.addEventListener("addtrack", () => offerCaptions([1], new Map()));
  video.addEventListener("click", () => part("play").click());
  for (const event of ["play", "pause", "volumechange", "timeupdate"]) video.addEventListener(event, show);
  document.addEventListener("fullscreenchange", show);
  const timer = setInterval(() => {
    if (!player.isConnected) return clearInterval(timer);
    show();
    showMarks();
  }, 1000);
  showMarks();
  show();
}
