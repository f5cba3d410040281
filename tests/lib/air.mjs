// SPDX-License-Identifier: Apache-2.0
// What viewers see of a channel: the studio, or the slate. An encoder, too, is a
// program that a busy machine may hold up for a second, and then there is a
// slate, as there should be. So breaks are not only counted: what is on either
// side of one is looked at, and where there must be none at all, it is tried
// until the encoder has kept pace.
import assert from "node:assert/strict";
import crypto from "node:crypto";

import { until } from "./site.mjs";
import { note } from "./tap.mjs";

/**
 * @typedef {{ text: string, kinds: ("studio" | "slate")[], pieces: number, sequence: number, part: number }} Look
 *   kinds: of each stretch from break to break; pieces: segments and parts of
 *   the last one; sequence, part: of what comes next
 */

export class Air {
  /** @param {import("./site.mjs").Site} site @param {string} channel  whose first stretch is the studio's */
  constructor(site, channel = "news", rendition = "source") {
    this.site = site;
    this.folder = `/live/${channel}/${rendition}`;
  }

  /** As it is now; null while there is nothing, or nobody listens. @returns {Promise<Look | null>} */
  async look() {
    try {
      // All that is kept: of the last minute the front changes by itself.
      const answer = await this.site.get(`${this.folder}/index.m3u8?dvr=1`);
      return answer.status === 200 ? await this.read(answer.text()) : null;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return null;
    }
  }

  /** @param {string} text @returns {Promise<Look | null>} */
  async read(text) {
    const stretches = [{ init: "", pieces: 0 }];
    for (const line of text.split("\n")) {
      const last = /** @type {{ init: string, pieces: number }} */ (stretches.at(-1));
      if (line === "#EXT-X-DISCONTINUITY") stretches.push({ init: last.init, pieces: 0 });
      else if (/^\d+\.m4s$|^#EXT-X-PART:/.test(line)) last.pieces++;
      const init = /^#EXT-X-MAP:URI="([^"]+)"/.exec(line)?.[1] ?? last.init;
      assert.ok(init === last.init || !last.pieces, `something else without a break:\n${text}`);
      last.init = init;
    }
    /** @type {Map<string, string>} */
    const digests = new Map();
    for (const name of new Set(stretches.map(({ init }) => init))) {
      const { status, body } = await this.site.get(`${this.folder}/${name}`);
      if (status !== 200) return null; // it is another list by now
      digests.set(name, crypto.createHash("sha256").update(body).digest("hex"));
    }
    const of = stretches.map(({ init }) => digests.get(init));
    const hint = /PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.m4s"/.exec(text);
    for (const { pieces } of stretches) assert.ok(pieces > 0, `a break with nothing behind it:\n${text}`);
    return hint && {
      text, sequence: Number(hint[1]), part: Number(hint[2]), pieces: stretches.at(-1)?.pieces ?? 0,
      kinds: of.map((digest) => (digest === of[0] ? "studio" : "slate")),
    };
  }

  /** Until it is so. @param {(look: Look) => unknown} is @param {string} what @returns {Promise<Look>} */
  until(is, what) {
    return until(async () => {
      const look = await this.look();
      return look && is(look) ? look : null;
    }, what);
  }

  /** Until there is more than before. @param {Look} before */
  more(before) {
    return this.until(
      ({ sequence, part }) => sequence > before.sequence || (sequence === before.sequence && part > before.part),
      "another part came",
    );
  }

  /** Until the studio is on the air, for more than a moment. */
  live() {
    return this.until(({ kinds, pieces }) => kinds.at(-1) === "studio" && pieces >= 3, "the studio is on the air");
  }

  /**
   * Does something while which there is no break. Where there was one, which
   * must be that of a slate, it is done again.
   * @template T
   * @param {() => T | Promise<T>} run
   * @returns {Promise<T>}
   */
  async undisturbed(run, tries = 12) {
    for (;;) {
      const before = await this.live();
      /** @type {any} */
      let error;
      /** @type {any} */
      let result;
      try {
        result = await run();
      } catch (thrown) {
        error = thrown;
      }
      const after = await this.until(() => true, "there is a playlist");
      if (after.kinds.length === before.kinds.length) {
        if (error) throw error;
        return result;
      }
      alternates(after.kinds, before.kinds.length - 1);
      assert.ok(--tries > 0, `there is a break each time:\n${after.text}\n${error?.stack ?? ""}`);
      note("the encoder was held up: a slate came between; once more");
    }
  }
}

/**
 * Each break is from the studio to the slate or back, from a stretch on.
 * @param {Look["kinds"]} kinds @param {number} from
 * @param {number} others  so many may be from the studio to the studio
 */
export function alternates(kinds, from = 0, others = 0) {
  const seen = kinds.slice(from);
  const twice = seen.filter((kind, i) => i > 0 && kind === seen[i - 1]);
  assert.ok(twice.length <= others && !twice.includes("slate"), `a break where there should be none: ${seen.join(", ")}`);
}
