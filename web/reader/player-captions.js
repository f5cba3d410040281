// SPDX-License-Identifier: Apache-2.0
// Captions beside the stream: segments of WebVTT as the channel's list of them
// names, fetched around what is shown, and only while they are on.

const KEY = "captions";
const AHEAD_MS = 10_000;
const BEHIND_MS = 8_000; // what began before, and goes on
const RETRY_MS = 1000;
const JOIN_S = 0.05; // pieces of one text, which were told bit by bit

/** @typedef {{ name: string, at: number }} Segment */
/** @typedef {{ start: number, end: number, text: string }} Line ms since 1970 */

/** @param {string} text "1:02:03.456" */
const ms = (text) => Math.round(text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) * 1000);

/** @param {string} list @returns {Segment[]} */
const segmentsOf = (list) => [...list.matchAll(/DATE-TIME:(\S+)\n#EXTINF.*\n(\S+)/g)].map(([, date, name]) => ({ at: Date.parse(date ?? ""), name: name ?? "" }));

/** Times count from the one that a NOTE names. @param {string} text @returns {Line[]} */
function linesOf(text) {
  const begins = Number(/NOTE begins (\d+) ms/.exec(text)?.[1]);
  return [...text.matchAll(/^([\d:.]+) --> ([\d:.]+)\n((?:.+\n?)+)/gm)].map(([, start, end, words]) => ({
    start: begins + ms(start ?? ""),
    end: begins + ms(end ?? ""),
    text: (words ?? "").trim(),
  }));
}

/**
 * @param {HTMLVideoElement} video
 * @param {string} base
 * @param {() => number} position  ms since 1970 of what is shown
 */
export function makeCaptions(video, base, position) {
  const track = video.addTextTrack("captions", "", document.documentElement.lang);
  track.mode = "hidden";
  /** @type {Segment[]} */
  let segments = [];
  /** @type {Set<string>} */
  let seen = new Set();
  let running = 0; // the run that counts
  let number = 1; // of the feed's captions, which are one to four
  const place = () => `${base}captions${number > 1 ? `-${number}` : ""}/`;

  function forget() {
    for (const cue of [...(track.cues ?? [])]) track.removeCue(cue);
    seen = new Set();
  }

  /** @param {Line} line */
  function show({ start, end, text }) {
    const offset = video.currentTime - position() / 1000;
    const [from, to] = [start / 1000 + offset, end / 1000 + offset];
    if (!Number.isFinite(from) || to < 0) return;
    const cues = /** @type {VTTCue[]} */ ([...(track.cues ?? [])]);
    const same = cues.find((cue) => cue.text === text && from <= cue.endTime + JOIN_S && to >= cue.startTime - JOIN_S);
    if (same) {
      same.endTime = Math.max(same.endTime, to);
      return;
    }
    const cue = new VTTCue(Math.max(0, from), to, text);
    cue.line = -3; // above the buttons
    track.addCue(cue);
  }

  /** @param {string} query */
  async function load(query) {
    const answer = await fetch(`${place()}index.m3u8${query}`);
    if (!answer.ok) throw new Error(`captions: ${answer.status}`);
    segments = segmentsOf(await answer.text());
  }

  async function fill() {
    const at = position();
    for (const { name, at: start } of segments) {
      if (seen.has(name) || start < at - BEHIND_MS || start > at + AHEAD_MS) continue;
      seen.add(name);
      const answer = await fetch(`${place()}${name}`);
      if (answer.ok) linesOf(await answer.text()).forEach(show);
    }
  }

  /** The list waits for what comes; in the past there is nothing to wait for. */
  async function step() {
    const [first] = segments;
    const last = segments.at(-1);
    const at = position();
    if (!last || !first) await load("");
    else if (at < first.at) await load("?dvr=1");
    else if (at + AHEAD_MS > last.at) await load(`?_HLS_msn=${parseInt(last.name, 10) + 1}`);
    else await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    await fill();
  }

  async function run() {
    const mine = ++running;
    segments = [];
    while (mine === running) {
      await step().catch(async () => {
        segments = [];
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      });
    }
  }

  const captions = {
    get isOn() {
      return track.mode === "showing";
    },
    /** @param {boolean} on */
    set(on) {
      if (on === captions.isOn) return;
      track.mode = on ? "showing" : "hidden";
      if (on) void run();
      else running++;
      if (!on) forget();
    },
    get number() {
      return number;
    },
    set number(wanted) {
      if (wanted === number) return;
      number = wanted;
      forget();
      if (captions.isOn) void run();
    },
  };
  video.addEventListener("emptied", forget);
  return captions;
}

/** Whether this reader wants them, from the last time. */
export const wanted = () => localStorage.getItem(KEY) === "on";
/** @param {boolean} on */
export const remember = (on) => localStorage.setItem(KEY, on ? "on" : "off");
