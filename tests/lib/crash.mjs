// SPDX-License-Identifier: Apache-2.0
// Publishers that write down what was acknowledged, a kill at any moment, and
// the question whether all of it is there.
import assert from "node:assert/strict";

import { request } from "./http.mjs";
import { paragraphs, until } from "./site.mjs";

/** @typedef {import("./site.mjs").Site} Site */
/** @typedef {{ id: string, path: string, state: "published" | "withdrawn", reason: string }} Told */

/** Random, but the same again with the same seed (mulberry32). @param {number} seed */
export function random(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Publishes and withdraws until the desk is gone, or until it is over: who
 * waited in the socket's line is served by the next desk and notices nothing.
 * @param {Site} site
 * @param {string} name  no other publisher has it
 * @param {"answer" | "request"} acknowledgement  when it counts as said: the
 *   second is the mistake that the checker must find
 * @param {(headline: string, told: Told | null) => void} tell
 * @param {() => boolean} over
 */
export async function publishUntilItEnds(site, name, acknowledgement, tell, over) {
  for (let i = 0; !over(); i++) {
    const headline = `${name} ${i}`;
    const json = JSON.stringify({
      headline,
      language: "en",
      categories: ["news"],
      body: paragraphs("One.", "Two."),
      publish: true,
    });
    try {
      if (acknowledgement === "request") tell(headline, null);
      const answer = await request(site.desk, "/newsroom/api/articles", { method: "POST", body: json });
      if (answer.status !== 201) throw new Error(`status ${answer.status}: ${answer.text()}`);
      const { id, slug } = JSON.parse(answer.text());
      const path = `/en/article/${slug}-${id}`;
      tell(headline, { id, path, state: "published", reason: "" });
      if (i % 4 !== 3) continue;
      const reason = `Withdrawn ${i}`;
      const gone = await request(site.desk, `/newsroom/api/articles/${id}/withdraw`, {
        method: "POST",
        body: JSON.stringify({ reason }),
      });
      if (gone.status === 200) tell(headline, { id, path, state: "withdrawn", reason });
    } catch (error) {
      const { code, message } = /** @type {any} */ (error);
      // The desk's death is what ends it; an answer that says no is a defect.
      if (/status 50[34]/.test(message ?? "")) continue; // busy is not dead
      if (/status/.test(message ?? "")) throw error;
      assert.ok(code || message);
      return;
    }
  }
}

/**
 * One blow: writers write, the victim is killed while they do, and everything is
 * there again. What they told.
 * @template T
 * @param {Site} site
 * @param {() => number} dice
 * @param {{ victim: "desk" | "all", acknowledgement: "answer" | "request",
 *   enough: (said: number) => boolean }} how  enough: when the blow may fall
 * @param {(tell: (headline: string, told: T) => void, over: () => boolean) => Promise<void>[]} write
 * @returns {Promise<Map<string, T>>}
 */
export async function killWhile(site, dice, { victim, acknowledgement, enough }, write) {
  /** @type {Map<string, T>} */
  const acknowledged = new Map();
  /** @type {(value?: unknown) => void} */
  let strike = () => {};
  let over = false;
  const struck = new Promise((resolve) => (strike = resolve));
  const writers = write(
    (headline, told) => {
      acknowledged.set(headline, told);
      if (enough(acknowledged.size)) strike();
    },
    () => over,
  );
  await Promise.race([struck, Promise.all(writers)]);
  // From here to a few milliseconds later, so that it falls anywhere within.
  const pause = dice() * 15;
  if (acknowledgement === "answer") await new Promise((resolve) => setTimeout(resolve, pause));
  if (victim === "all") {
    await site.crash();
    await site.serve();
  } else {
    await site.kill(site.children().desk);
  }
  over = true;
  await Promise.all(writers);
  await ready(site);
  return acknowledged;
}

/** Until the desk answers and an edge has every page that is kept ready.
 * @param {Site} site */
export async function ready(site) {
  await until(async () => {
    try {
      const status = await site.api("GET", "/status");
      return status.edges === 1 && status.waiting === 0;
    } catch {
      return false;
    }
  }, "the desk and an edge are back");
}

/**
 * What is not as it was said to be. A headline counts as published when its
 * article is in the database, whatever readers see.
 * @param {Site} site
 * @param {Map<string, Told | null>} acknowledged
 */
export async function findLost(site, acknowledged) {
  /** @type {string[]} */
  const lost = [];
  const rows = JSON.parse(await site.run("article", "list", "--json", "-n", "1000"));
  const stored = new Map(rows.map((/** @type {any} */ row) => [row.headline, row.state]));
  for (const [headline, told] of acknowledged) {
    const state = stored.get(headline);
    if (!state || state === "draft" || (told && state !== told.state && told.state === "withdrawn")) {
      lost.push(`"${headline}" is ${state ?? "not there"}`);
      continue;
    }
    if (!told) continue;
    const answer = await site.get(told.path);
    // One that was published may have been withdrawn by a call that was cut off.
    const fine =
      told.state === "withdrawn"
        ? answer.status === 410 && answer.text().includes(told.reason)
        : (answer.status === 200 && answer.text().includes(headline)) ||
          (answer.status === 410 && state === "withdrawn");
    if (!fine) lost.push(`"${headline}" (${told.state}): ${told.path} answers ${answer.status}`);
  }
  return lost;
}

/** Front, category, feeds and articles say the same as the database.
 * @param {Site} site */
export async function agree(site) {
  const rows = JSON.parse(
    await site.run("article", "list", "--json", "-n", "30", "--state", "published"),
  );
  const newest = rows.slice(0, 10);
  for (const target of ["/en/atom.xml", "/en/news/rss.xml", "/en/news", "/en/"]) {
    const text = (await site.get(target)).text();
    for (const row of target === "/en/" ? newest.slice(0, 1) : newest)
      assert.ok(text.includes(row.id), `${target} lacks ${row.headline}`);
    const shown = new Set([...text.matchAll(/\/en\/article\/[a-z0-9-]*?([0-9a-f]{13})\b/g)].map((m) => m[1]));
    for (const id of [...shown].slice(0, 30)) {
      const answer = await site.get(`/en/article/${id}`);
      assert.equal(answer.status, 301, `${target} shows ${id}`);
      assert.equal((await site.get(answer.get("location") ?? "")).status, 200, `${target} shows ${id}`);
    }
  }
}
