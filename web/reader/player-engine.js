// SPDX-License-Identifier: Apache-2.0
// The stream: live, or somewhere in what can be watched again. hls.js wherever
// Media Source Extensions are, since browsers' own HLS is seconds behind; the
// device's own on Apple's, where it knows low latency.
import Hls from "hls.js/light";

/** @typedef {{ at?: number, audio?: boolean }} Wanted */
/** @typedef {ReturnType<typeof makeEngine>} Engine */

const LIVE = { liveMaxLatencyDuration: 6, maxLiveSyncPlaybackRate: 1.3 };
const PAST = { liveMaxLatencyDuration: Infinity, maxLiveSyncPlaybackRate: 1 };
const KEPT_S = 45; // of the short playlist, which has a minute
const NEAR_MS = 6000; // as good as live
const RETRY_MS = 1000;

/** @param {HTMLVideoElement} video */
const isOwn = (video) =>
  (navigator.vendor.startsWith("Apple") && video.canPlayType("application/vnd.apple.mpegurl") !== "") || !Hls.isSupported();

/** From the start, for all its length. @param {HTMLVideoElement} video @param {string} url */
export function playRecording(video, url) {
  if (isOwn(video)) {
    video.src = url;
  } else {
    const hls = new Hls({ enableWorker: false, backBufferLength: 60, startPosition: 0 });
    hls.on(Hls.Events.ERROR, (_, data) => {
      if (data.fatal && data.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
      else if (data.fatal) setTimeout(() => hls.startLoad(), RETRY_MS);
    });
    hls.attachMedia(video);
    hls.loadSource(url);
  }
  void video.play().catch(() => {});
}

/** @param {HTMLVideoElement} video @param {string} base */
export function makeEngine(video, base) {
  const native = isOwn(video);
  /** @type {Hls | undefined} */
  let hls;
  let audio = false;
  let dvr = false;
  let live = true; // follows the edge
  let retry = 0;
  let told = ""; // of captions, by the stream

  const engine = {
    native,
    /** @type {(is: boolean) => void} */
    onTrouble: () => {},
    onLevels: () => {},
    /** The stream offers them: their numbers, from one on, and what those are called
     * whose language is known.
     * @type {(numbers: number[], names: Map<number, string>) => void} */
    onCaptions: () => {},
    get audio() {
      return audio;
    },
    get isLive() {
      return live && !video.paused;
    },
    get follows() {
      return live;
    },
    get levels() {
      return hls?.levels ?? [];
    },
    /** -1: the player chooses */
    get level() {
      return hls && !hls.autoLevelEnabled ? hls.loadLevel : -1;
    },
    set level(index) {
      if (hls) hls.nextLevel = index;
    },
    load,
    seek,
    goLive,
    pause,
    resume,
    position,
    edge,
    destroy,
  };

  const url = () => `${base}${audio ? "audio/index" : "master"}.m3u8${dvr ? "?dvr=1" : ""}`;

  function setPace() {
    if (hls) Object.assign(hls.config, live ? LIVE : PAST);
    if (!live) video.playbackRate = 1;
  }

  /** A broken stream is tried again until it is there: the broadcast may be
   * starting again. @param {any} data */
  function onError(data) {
    if (!data.fatal || !hls) return;
    engine.onTrouble(true);
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR) return hls.recoverMediaError();
    clearTimeout(retry);
    retry = window.setTimeout(() => hls?.loadSource(url()), RETRY_MS);
  }

  /** Each list says which there are, "1=en 3"; the list of renditions, what those are
   * called. It may be of a moment before. @param {string} offered */
  async function tellCaptions(offered) {
    told = offered;
    const all = offered.split(" ").filter(Boolean);
    const answer = offered.includes("=") ? await fetch(`${base}master.m3u8`).catch(() => undefined) : undefined;
    const list = answer?.ok ? await answer.text() : "";
    /** @type {Map<number, string>} */
    const names = new Map();
    for (const [, name, language, place] of list.matchAll(/TYPE=SUBTITLES.*,NAME="([^"]*)",LANGUAGE="([^"]*)".*URI="captions-?(\d?)/g))
      if (all.includes(`${place || 1}=${language}`)) names.set(Number(place) || 1, name ?? "");
    if (told !== offered) return;
    if (all.filter((one) => one.includes("=")).length > names.size) told = ""; // with the next list again
    engine.onCaptions(all.map((one) => parseInt(one, 10)), names);
  }

  function attach() {
    if (hls) return hls;
    hls = new Hls({
      lowLatencyMode: true,
      enableWorker: false,
      backBufferLength: 30,
      liveSyncDuration: 1.7,
      liveSyncOnStallIncrease: 0.25,
      ...LIVE,
    });
    hls.on(Hls.Events.ERROR, (_, data) => onError(data));
    hls.on(Hls.Events.MANIFEST_PARSED, () => engine.onLevels());
    hls.on(Hls.Events.LEVEL_LOADED, (_, { networkDetails }) => {
      const offered = networkDetails?.getResponseHeader?.("Broadsheet-Captions") ?? "";
      if (offered !== told) void tellCaptions(offered);
    });
    hls.on(Hls.Events.FRAG_BUFFERED, () => engine.onTrouble(false));
    hls.attachMedia(video);
    return hls;
  }

  /** ms since 1970 of what is shown; NaN when nothing is. */
  function position() {
    if (!native) return hls?.playingDate?.getTime() ?? NaN;
    const start = /** @type {any} */ (video).getStartDate?.().getTime();
    return start + video.currentTime * 1000;
  }

  /** ms since 1970 of the newest that there is. */
  function edge() {
    const details = hls?.latestLevelDetails;
    const now = position();
    if (details) return now + (details.edge - video.currentTime) * 1000;
    const { seekable } = video;
    return seekable.length ? now + (seekable.end(seekable.length - 1) - video.currentTime) * 1000 : now;
  }

  /** Where in the media a time is. @param {number} at @returns {number} */
  function mediaTime(at) {
    if (native) return video.currentTime + (at - position()) / 1000;
    const fragments = hls?.latestLevelDetails?.fragments ?? [];
    let found = fragments[0];
    for (const fragment of fragments) if ((fragment.programDateTime ?? Infinity) <= at) found = fragment;
    if (!found?.programDateTime) return NaN;
    return found.start + Math.min(Math.max((at - found.programDateTime) / 1000, 0), found.duration);
  }

  /** @param {number} at */
  function jump(at) {
    const time = mediaTime(at);
    if (Number.isFinite(time)) video.currentTime = time;
  }

  /** @param {Wanted} [wanted] */
  async function load({ at, audio: only = audio } = {}) {
    audio = only;
    dvr = at !== undefined;
    live = !dvr;
    if (native) {
      video.src = url();
    } else {
      attach().loadSource(url());
      setPace();
    }
    if (at !== undefined) video.addEventListener("loadeddata", () => jump(at), { once: true });
    await video.play().catch(() => {});
  }

  /** @param {number} at */
  function seek(at) {
    const end = edge();
    if (end - at < NEAR_MS) return goLive();
    live = false;
    setPace();
    if (dvr || end - at < KEPT_S * 1000) jump(at);
    else void load({ at });
    void video.play().catch(() => {});
  }

  function goLive() {
    const was = dvr;
    live = true;
    if (was) return void load();
    setPace();
    const { seekable } = video;
    const end = hls ? hls.liveSyncPosition : seekable.length ? seekable.end(seekable.length - 1) : null;
    if (end) video.currentTime = end;
    void video.play().catch(() => {});
  }

  function pause() {
    live = false;
    setPace();
    video.pause();
  }

  function resume() {
    const at = position();
    if (!dvr && edge() - at > KEPT_S * 1000) return void load({ at });
    void video.play().catch(() => {});
  }

  function destroy() {
    clearTimeout(retry);
    hls?.destroy();
    hls = undefined;
    video.removeAttribute("src");
    video.load();
  }

  return engine;
}
