#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// kill -9 while publishing: what was acknowledged is there, all of it, and every
// page says the same. `ROUNDS=200` (or --rounds=200) is the long form.
import assert from "node:assert/strict";
import process from "node:process";

import { agree, findLost, killWhile, publishUntilItEnds, random } from "../lib/crash.mjs";
import { Site } from "../lib/site.mjs";
import { note, run, test } from "../lib/tap.mjs";

const argument = process.argv.find((a) => a.startsWith("--rounds="))?.slice(9);
const ROUNDS = Number(argument ?? process.env.ROUNDS ?? 20);
const SEED = Number(process.env.SEED ?? 1);
const PUBLISHERS = 4;

const site = await Site.make("--name", "The Test");
await site.run("category", "add", "News");
await site.serve();
const dice = random(SEED);

/**
 * @param {string} name
 * @param {"desk" | "all"} victim
 * @param {"answer" | "request"} acknowledgement
 * @param {(said: number) => boolean} enough  when the blow may fall
 */
async function round(name, victim, acknowledgement, enough) {
  /** @type {Map<string, import("../lib/crash.mjs").Told | null>} */
  const acknowledged = await killWhile(site, dice, { victim, acknowledgement, enough }, (tell, over) =>
    Array.from({ length: PUBLISHERS }, (_, i) => publishUntilItEnds(site, `${name} ${i}`, acknowledgement, tell, over)),
  );
  return { acknowledged, lost: await findLost(site, acknowledged) };
}

test(`${ROUNDS} times kill -9 while publishing: nothing acknowledged is lost`, async () => {
  let said = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const least = 1 + Math.floor(dice() * 12);
    const victim = i % 2 ? "all" : "desk";
    const { acknowledged, lost } = await round(`Round ${i}`, victim, "answer", (count) => count >= least);
    said += acknowledged.size;
    assert.deepEqual(lost, [], `round ${i}, ${victim} killed (SEED=${SEED})`);
    await agree(site);
    const { sound } = JSON.parse(await site.run("check", "--json"));
    assert.equal(sound, true, `round ${i}`);
  }
  note(`${said} acknowledged in ${ROUNDS} rounds, 0 lost`);
});

test("the control: an acknowledgement before the commit is found out", async () => {
  let lost = 0;
  let rounds = 0;
  while (!lost && rounds < 20) {
    const result = await round(`Control ${rounds++}`, "desk", "request", (count) => count >= PUBLISHERS);
    lost = result.lost.length;
  }
  note(`${lost} lost in round ${rounds} of the control`);
  assert.ok(lost > 0);
});

test("after all of it the site is sound and ends in order", async () => {
  assert.match(await site.run("check", "--json"), /"sound": ?true/);
  assert.equal(await site.stop(), 0);
  assert.match(await site.run("check", "--json"), /"sound": ?true/);
});

await run();
