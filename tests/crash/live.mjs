#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// kill -9 while posting to a live blog: what was acknowledged is there, posts
// and removals, and every page says so. `ROUNDS=100` is the long form.
import assert from "node:assert/strict";
import process from "node:process";

import { killWhile, random } from "../lib/crash.mjs";
import { request } from "../lib/http.mjs";
import { Site } from "../lib/site.mjs";
import { note, run, test } from "../lib/tap.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 8);
const SEED = Number(process.env.SEED ?? 1);
const POSTERS = 4;

const site = await Site.make("--name", "The Test");
await site.run("category", "add", "News");
await site.serve();
const dice = random(SEED);

/** @typedef {{ id: string, removed: boolean } | null} Told  null: only asked for */

/**
 * Posts, and takes every fourth back, until the desk is gone or it is over.
 * @param {string} blog
 * @param {string} name
 * @param {"answer" | "request"} acknowledgement  when it counts as said: the
 *   second is the mistake that the checker must find
 * @param {(headline: string, told: Told) => void} tell
 * @param {() => boolean} over
 */
async function postUntilItEnds(blog, name, acknowledgement, tell, over) {
  for (let i = 0; !over(); i++) {
    const headline = `${name} ${i}`;
    try {
      if (acknowledgement === "request") tell(headline, null);
      const answer = await request(site.desk, `/newsroom/api/articles/${blog}/posts`, {
        method: "POST",
        body: JSON.stringify({ headline, text: "One.", key: i % 3 === 0, pinned: i % 5 === 0 }),
      });
      if (answer.status !== 201) throw new Error(`status ${answer.status}: ${answer.text()}`);
      const { id } = JSON.parse(answer.text());
      tell(headline, { id, removed: false });
      if (i % 4 !== 3) continue;
      const gone = await request(site.desk, `/newsroom/api/posts/${id}/remove`, {
        method: "POST",
        body: JSON.stringify({ reason: `Not so: ${headline}` }),
      });
      if (gone.status === 200) tell(headline, { id, removed: true });
    } catch (error) {
      const { code, message } = /** @type {any} */ (error);
      if (/status 50[34]/.test(message ?? "")) continue; // busy is not dead
      if (/status/.test(message ?? "")) throw error;
      assert.ok(code || message);
      return;
    }
  }
}

/** @param {string} blog @param {string} path @param {Map<string, Told>} acknowledged */
async function findLost(blog, path, acknowledged) {
  const { posts } = JSON.parse(await site.run("live", "list", blog, "--json", "-n", "900"));
  const stored = new Map(posts.map((/** @type {any} */ post) => [post.id, post]));
  const headlines = new Set(posts.map((/** @type {any} */ post) => post.headline));
  const lost = [];
  for (const [headline, told] of acknowledged) {
    if (!told) {
      if (!headlines.has(headline)) lost.push(`"${headline}" is not there`);
      continue;
    }
    const post = stored.get(told.id);
    const text = (await site.get(`${path}?post=${told.id}`)).text();
    const wanted = post?.removed ? `Not so: ${headline}` : headline;
    if (!post || (told.removed && !post.removed) || !text.includes(wanted)) lost.push(`"${headline}"`);
  }
  return lost;
}

/**
 * @param {string} name
 * @param {"desk" | "all"} victim
 * @param {"answer" | "request"} acknowledgement
 * @param {(said: number) => boolean} enough  when the blow may fall
 */
async function round(name, victim, acknowledgement, enough) {
  const { id, slug } = await site.write({ headline: name, categories: ["news"], publish: true });
  await site.api("POST", `/newsroom/api/articles/${id}/live`);
  /** @type {Map<string, Told>} */
  const acknowledged = await killWhile(site, dice, { victim, acknowledgement, enough }, (tell, over) =>
    Array.from({ length: POSTERS }, (_, i) => postUntilItEnds(id, `${name}, poster ${i},`, acknowledgement, tell, over)),
  );
  return { acknowledged, lost: await findLost(id, `/en/article/${slug}-${id}`, acknowledged) };
}

test(`${ROUNDS} times kill -9 while posting: nothing acknowledged is lost`, async () => {
  let said = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const least = 1 + Math.floor(dice() * 40);
    const victim = i % 2 ? "all" : "desk";
    const { acknowledged, lost } = await round(`Round ${i}`, victim, "answer", (count) => count >= least);
    said += acknowledged.size;
    assert.deepEqual(lost, [], `round ${i}, ${victim} killed (SEED=${SEED})`);
    const { sound } = JSON.parse(await site.run("check", "--json"));
    assert.equal(sound, true, `round ${i}`);
  }
  note(`${said} acknowledged in ${ROUNDS} rounds, 0 lost`);
});

test("the control: an acknowledgement before the commit is found out", async () => {
  let lost = 0;
  let rounds = 0;
  while (!lost && rounds < 20) {
    const result = await round(`Control ${rounds++}`, "desk", "request", (count) => count >= POSTERS);
    lost = result.lost.length;
  }
  note(`${lost} lost in round ${rounds} of the control`);
  assert.ok(lost > 0);
});

await run();
