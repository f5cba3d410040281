#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What is sent to the newsroom's API: all of it is taken, or refused with the
// member that is wrong; nothing is lost without a word.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { request } from "../lib/http.mjs";
import { Site, broadsheet, paragraphs, root } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";

const site = await Site.make("--language", "en", "--language", "ka");
await site.run("category", "add", "Economy");
await site.serve();
const { id } = await site.write({ headline: "A bridge", publish: true });
const blog = (await site.write({ headline: "A storm", publish: true })).id;
await site.api("POST", `/newsroom/api/articles/${blog}/live`);
const post = (await site.api("POST", `/newsroom/api/articles/${blog}/posts`, { text: "It begins." })).id;

/** Refused: its status, member and sentence. @param {string} target @param {unknown} json */
async function refusal(target, json) {
  const answer = await request(site.desk, target, { method: "POST", body: JSON.stringify(json) });
  return { status: answer.status, ...JSON.parse(answer.text()).error };
}

// Each route that takes JSON, something good beside the member that is not.
const article = `/newsroom/api/articles/${id}`;
/** @type {[string, Record<string, unknown>, string, RegExp][]} */
const wrong = [
  ["/newsroom/api/articles", { language: "en", headlin: "A" }, "headlin", /an article has no member "headlin"; did you mean "headline"\?/],
  ["/newsroom/api/articles", { language: "en", headline: "A", publsh: true }, "publsh", /did you mean "publish"\?/],
  ["/newsroom/api/articles", { language: "en", headline: "A", expire: null }, "expire", /did you mean "expires"\?/],
  ["/newsroom/api/articles", { language: "en", headline: "A", color: 1 }, "color", /'broadsheet help article new' tells which/],
  ["/newsroom/api/articles", { language: "en", headline: "A", bylines: [{ nme: "N" }] }, "nme", /a byline has no member "nme"; did you mean "name"\?/],
  ["/newsroom/api/articles", { language: "en", headline: "A", enclosure: { url: "https://e.example/a.mp3", size: 1 } }, "size", /an enclosure has no member "size"; it may have "medium", "url", "type", "bytes", "seconds"/],
  ["/newsroom/api/articles", { language: "en", headline: "A", categories: [{ paht: "economy" }] }, "paht", /did you mean "path"\?/],
  [`${article}/publish`, { at: "2030-01-01" }, "at", /this request has no member "at"; it may have none/],
  [`${article}/withdraw`, { reason: "Wrong.", target: "/en/" }, "target", /a withdrawal has no member "target"; it may have "reason"/],
  [`${article}/translates`, { translate: null }, "translate", /did you mean "translates"\?/],
  [`${article}/pictures`, { wait: 1 }, "wait", /did you mean "wait_seconds"\?/],
  [`${article}/live`, { now: true }, "now", /it may have none/],
  [`/newsroom/api/articles/${blog}/live/end`, { at: "now" }, "at", /it may have none/],
  [`/newsroom/api/articles/${blog}/posts`, { txt: "A" }, "txt", /a post has no member "txt"; did you mean "text"\?/],
  [`/newsroom/api/articles/${blog}/posts`, { text: "A", correction: "B" }, "correction", /a post has no member "correction"/],
  [`/newsroom/api/articles/${blog}/posts`, { text: "A", bylines: [{ slag: "n" }] }, "slag", /did you mean "slug"\?/],
  [`/newsroom/api/posts/${post}`, { corection: "B" }, "corection", /did you mean "correction"\?/],
  [`/newsroom/api/posts/${post}/remove`, { reasn: "B" }, "reasn", /did you mean "reason"\?/],
  ["/newsroom/api/clips", { source: "news", form: "live-5", to: "live" }, "form", /a clip has no member "form"; did you mean "from"\?/],
];

test("a member that is not known is refused by name, with the nearest one, and nothing is changed", async () => {
  const before = JSON.parse((await request(site.desk, "/status")).text()).log_seq;
  for (const [target, json, field, sentence] of wrong) {
    const error = await refusal(target, json);
    assert.deepEqual([error.status, error.code, error.field], [400, "ERR_INVALID", field], target);
    assert.match(error.message, sentence);
  }
  assert.equal(JSON.parse((await request(site.desk, "/status")).text()).log_seq, before);
});

test("every route of the API that takes something is in the list above", () => {
  const source = fs.readFileSync(path.join(root, "src/newsroom/newsroom.c"), "utf8");
  const routes = [...source.matchAll(/ROUTE\(HTTP_POST, "(\/newsroom\/api\/[^"]+)"/g)].map(([, route]) => route ?? "");
  assert.ok(routes.length >= 11, `${routes}`);
  for (const route of routes) {
    const form = new RegExp(`^${route.replace("{id}", "[0-9a-f]{13}")}$`);
    assert.ok(wrong.some(([target]) => form.test(target)), route);
  }
});

test("an article may have over the API what it may have by command", async () => {
  const { id: made } = await site.api("POST", "/newsroom/api/articles", {
    headline: "All of it", language: "en", kicker: "Roads", standfirst: "In short.", text: "One.\n\nTwo.", weight: "major", opinion: true,
    bylines: ["Reuters", { name: "Nino", role: "text" }], categories: ["economy"], tags: ["River"],
    enclosure: { url: "https://e.example/a.mp3", type: "audio/mpeg", bytes: 5 }, expires: "2100-01-01T00:00:00Z", publish: true,
  });
  const told = JSON.parse(await site.run("article", "show", made, "--json"));
  assert.deepEqual(
    [told.state, told.kicker, told.weight, told.opinion, told.paragraphs, told.bylines.length, told.categories[0].path, told.tags, told.enclosure.url, told.expires],
    ["published", "Roads", "major", true, 2, 2, "economy", ["River"], "https://e.example/a.mp3", "2100-01-01T00:00:00Z"],
  );
  const later = await site.api("POST", "/newsroom/api/articles", { headline: "Later", language: "en", scheduled: "2100-01-01T00:00:00Z" });
  assert.equal(later.state, "scheduled");
  const odd = await refusal("/newsroom/api/articles", { headline: "A", language: "en", opinion: "yes" });
  assert.deepEqual([odd.status, odd.field], [400, "opinion"]);
});

test("what is told of an article can be sent back as it is, by every way, in every state", async () => {
  const { id: made } = await site.api("POST", "/newsroom/api/articles", {
    headline: "There and back", language: "en", body: paragraphs("One."), bylines: ["N"], embargoed: "2100-01-01T00:00:00Z", embargoed_reason: "A report",
  });
  const show = async () => JSON.parse(await site.run("article", "show", made, "--json"));
  const check = async () => {
    const told = await show();
    await site.pipe(JSON.stringify(told), "article", "edit", made, "-");
    await site.pipe(JSON.stringify(told), "article", "new", "-");
    await site.api("POST", "/newsroom/api/articles", told);
  };
  await check();
  await site.revise(made, /** @type {any} */ ({ embargoed: null, expires: "2100-01-01T00:00:00Z" }));
  await site.publish(made);
  await site.run("article", "correct", made, "It was two.");
  await check();
  await site.withdraw(made, "Wrong.");
  await check();
});

test("posts: what is told can be sent back, a document alone is one, and a command refuses the same", async () => {
  const [told] = (await site.api("GET", `/newsroom/api/articles/${blog}/posts`)).posts;
  await site.api("POST", `/newsroom/api/posts/${told.id}`, told);
  await site.api("POST", `/newsroom/api/articles/${blog}/posts`, paragraphs("A document."));
  const answer = await broadsheet(["live", "post", blog, "-", "--data", site.data], { input: '{"text": "A", "pined": true}' });
  assert.match(answer.stderr, /a post has no member "pined"; did you mean "pinned"\?/);
  assert.equal(answer.code, 65);
});

test("ninjs may have what others put into it: the standard lets them", async () => {
  const item = { uri: "urn:test:foreign", type: "text", language: "en", headlines: [{ role: "main", value: "Foreign", x_weight: 1 }], headlin: "A", x_agency: { any: "thing" } };
  const file = path.join(site.folder, "foreign.json");
  fs.writeFileSync(file, JSON.stringify(item));
  const [result] = (await site.run("import", "ninjs", file, "--json")).trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(result.outcome, "created");
});

await run();
