#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The hub: subscribers are told of every change of a feed, at least once,
// whatever is killed, and hold nobody up.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import net from "node:net";
import path from "node:path";

import { missing, turnableClock } from "../lib/clock.mjs";
import { Site, until } from "../lib/site.mjs";
import { Subscriber } from "../lib/subscriber.mjs";
import { note, run, skip, test } from "../lib/tap.mjs";

const ADDRESS = "https://news.example";
const TOPIC = `${ADDRESS}/en/atom.xml`;
const DAY = 24 * 3600;

/** @param {Site} site @param {string} sql */
function ask(site, sql) {
  const text = execFileSync("sqlite3", ["-readonly", "-json", path.join(site.data, "broadsheet.db"), sql], {
    encoding: "utf8",
  });
  return text.trim() ? JSON.parse(text) : [];
}

/** A newspaper whose hub may speak to the subscribers. @param {Subscriber[]} subscribers */
async function hubSite(...subscribers) {
  const site = await Site.make();
  await site.run("settings", "set", "address", ADDRESS);
  const hosts = subscribers.map(({ port }) => `127.0.0.1:${port}`);
  if (hosts.length) await site.run("settings", "set", "fetch_allow", hosts.join(" "));
  return site;
}

/** Until so many are subscribed. @param {Site} site @param {number} count */
const subscribed = (site, count) =>
  until(
    () =>
      ask(site, "SELECT COUNT(*) AS n FROM websub_subscription")[0].n === count &&
      ask(site, "SELECT COUNT(*) AS n FROM websub_ask")[0].n === 0,
    `${count} are subscribed`,
  );

test("a feed names its hub and itself, in its head too", async () => {
  const site = await hubSite();
  await site.serve();
  for (const name of ["atom.xml", "rss.xml", "feed.json"]) {
    const answer = await site.get(`/en/${name}`);
    assert.equal(answer.get("link"), `<${ADDRESS}/websub>; rel="hub", <${ADDRESS}/en/${name}>; rel="self"`);
    assert.match(answer.text(), name === "feed.json" ? /"hubs":\s*\[\{"type":\s*"WebSub",\s*"url":\s*"https:\/\/news\.example\/websub"\}\]/ : /rel="hub" href="https:\/\/news\.example\/websub"/);
  }
});

test("who subscribes is asked back, and then told of each change, signed", async () => {
  const subscriber = await Subscriber.listen();
  const site = await hubSite(subscriber);
  await site.serve();
  await site.write({ headline: "Before", publish: true });
  const question = await subscriber.subscribe(site, TOPIC, { "hub.lease_seconds": "86400" });
  assert.equal(question.get("hub.mode"), "subscribe");
  assert.equal(question.get("hub.topic"), TOPIC);
  assert.equal(question.get("hub.lease_seconds"), "86400");
  assert.equal(question.get("for"), "me", "the callback's own query is kept");
  await subscribed(site, 1);
  assert.equal(subscriber.deliveries.length, 0, "what was there before is not sent");
  const status = await site.api("GET", "/status");
  assert.deepEqual([status.subscriptions, status.subscriptions_behind], [1, 0]);
  const { id } = await site.write({ headline: "Afterwards", publish: true });
  const delivery = await subscriber.delivered("Afterwards");
  assert.ok(delivery.good, "the signature is right");
  assert.equal(delivery.path, "/in?for=me");
  assert.equal(delivery.headers["content-type"], "application/atom+xml; charset=utf-8");
  assert.equal(delivery.headers["link"], `<${ADDRESS}/websub>; rel="hub", <${TOPIC}>; rel="self"`);
  assert.match(String(delivery.headers["idempotency-key"]), /^"[0-9a-f]{16}-\d+-[0-9a-f]{16}"$/);
  assert.equal(delivery.body, (await site.get("/en/atom.xml")).text(), "it is the feed as readers get it");
  await site.withdraw(id, "It was wrong.");
  await until(() => subscriber.deliveries.at(-1)?.body.includes("Before") && !subscriber.deliveries.at(-1)?.body.includes("Afterwards"), "the withdrawal is told");
  const keys = subscriber.deliveries.map(({ headers }) => headers["idempotency-key"]);
  assert.equal(new Set(keys).size, keys.length, "each change has a key of its own");
  await subscriber.ask(site, { "hub.mode": "unsubscribe", "hub.topic": TOPIC, "hub.callback": subscriber.callback() });
  await subscribed(site, 0);
  assert.equal(subscriber.questions.at(-1)?.get("hub.mode"), "unsubscribe");
  const before = subscriber.deliveries.length;
  await site.write({ headline: "Nobody is told", publish: true });
  await site.stop();
  assert.equal(subscriber.deliveries.length, before);
});

test("who does not confirm is not subscribed; a feed that is not there is denied", async () => {
  const subscriber = await Subscriber.listen();
  const site = await hubSite(subscriber);
  await site.serve();
  subscriber.confirms = false;
  await subscriber.subscribe(site, TOPIC);
  await subscribed(site, 0);
  subscriber.confirms = true;
  const question = await subscriber.subscribe(site, `${ADDRESS}/en/tag/nothing/atom.xml`);
  assert.equal(question.get("hub.mode"), "denied");
  assert.ok(question.get("hub.reason"));
  await subscribed(site, 0);
});

test("what is not understood is refused with the cause", async () => {
  const subscriber = await Subscriber.listen();
  const site = await hubSite(subscriber);
  await site.serve();
  const good = { "hub.mode": "subscribe", "hub.topic": TOPIC, "hub.callback": subscriber.callback() };
  /** @type {[Record<string, string>, number, RegExp][]} */
  const wrong = [
    [{ ...good, "hub.mode": "publish" }, 400, /hub\.mode/],
    [{ ...good, "hub.topic": "https://other.example/en/atom.xml" }, 400, /hub\.topic/],
    [{ ...good, "hub.topic": `${ADDRESS}/en/` }, 400, /hub\.topic/],
    [{ ...good, "hub.topic": `${ADDRESS}.evil.example/en/atom.xml` }, 400, /hub\.topic/],
    [{ ...good, "hub.callback": "" }, 400, /hub\.callback/],
    [{ ...good, "hub.callback": "ftp://127.0.0.1/" }, 400, /http/],
    [{ ...good, "hub.callback": `${subscriber.callback()}#here` }, 400, /fragment/],
    [{ ...good, "hub.callback": `${ADDRESS}:8443/websub` }, 400, /this newspaper itself/],
    [{ ...good, "hub.callback": "http://NEWS.example./in" }, 400, /this newspaper itself/],
    [{ ...good, "hub.lease_seconds": "soon" }, 400, /hub\.lease_seconds/],
    [{ ...good, "hub.secret": "s".repeat(200) }, 413, /199 bytes/],
    [{ ...good, "hub.more": "m".repeat(9000) }, 413, /./],
  ];
  for (const [form, status, cause] of wrong) {
    const answer = await subscriber.ask(site, form);
    assert.equal(answer.status, status, JSON.stringify(form).slice(0, 200));
    assert.match(answer.text(), cause);
  }
  assert.equal((await site.get("/websub")).status, 405);
  assert.equal(subscriber.connections, 0);
  const statuses = [];
  for (let i = 0; i < 30; i++) statuses.push((await subscriber.ask(site, { ...good, "hub.mode": "?" })).status);
  assert.equal(statuses.at(-1), 429, "one address cannot ask on and on");
});

test("no private address is spoken to unless the operator says so", async () => {
  const subscriber = await Subscriber.listen();
  const site = await hubSite();
  await site.serve();
  for (const host of ["127.0.0.1", "localhost", "127.1", "2130706433", "[::ffff:127.0.0.1]"]) {
    const answer = await subscriber.ask(site, {
      "hub.mode": "subscribe",
      "hub.topic": TOPIC,
      "hub.callback": `http://${host}:${subscriber.port}/in`,
    });
    assert.equal(answer.status, 202);
  }
  await subscribed(site, 0);
  assert.equal(subscriber.connections, 0);
});

test("a subscriber that does not answer holds up neither publishing nor others", async () => {
  const [slow, quick] = [await Subscriber.listen(), await Subscriber.listen()];
  const site = await hubSite(slow, quick);
  await site.serve();
  /** @type {(status: number) => void} */
  let release = () => {};
  slow.answer = () => new Promise((resolve) => (release = resolve));
  await slow.subscribe(site, TOPIC);
  await quick.subscribe(site, TOPIC);
  await subscribed(site, 2);
  for (const headline of ["One", "Two", "Three"]) {
    await site.write({ headline, publish: true });
    await quick.delivered(`<title>${headline}</title>`);
  }
  assert.equal(slow.deliveries.length, 1, "it still has the first in its hands");
  release(200);
  await slow.delivered("<title>Three</title>");
});

/** A server that takes connections and says nothing. */
async function silentServer() {
  const silent = { port: 0, asked: 0, open: 0, most: 0, close: () => {} };
  const server = net.createServer((socket) => {
    silent.asked++;
    silent.most = Math.max(silent.most, ++silent.open);
    socket.on("error", () => {}).on("close", () => silent.open--).resume();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  silent.port = /** @type {net.AddressInfo} */ (server.address()).port;
  silent.close = () => void server.close();
  return silent;
}

test("those who never answer the hub keep nobody from being told", async () => {
  const subscriber = await Subscriber.listen();
  const silent = [await silentServer(), await silentServer(), await silentServer()];
  const site = await hubSite(subscriber, .../** @type {any[]} */ (silent));
  await site.serve();
  await subscriber.subscribe(site, TOPIC);
  await subscribed(site, 1);
  for (let i = 0; i < 18; i++) {
    const callback = `http://127.0.0.1:${silent[i % 3]?.port}/${i}`;
    const answer = await subscriber.ask(site, { "hub.mode": "subscribe", "hub.topic": TOPIC, "hub.callback": callback });
    assert.equal(answer.status, 202);
  }
  await until(() => silent.reduce((sum, { asked }) => sum + asked, 0) >= 3, "the hub waits for those who do not answer");
  await site.write({ headline: "While they are waited for", publish: true });
  await subscriber.delivered("While they are waited for");
  // Of eight who speak to others, three wait for strangers, and two for one host.
  assert.ok(silent.every(({ most }) => most <= 2), "no host has more than its share");
  for (const { close } of silent) close();
});

test("one host with many subscriptions that are slow holds up no other, however it is spelled", async () => {
  const [slow, quick] = [await Subscriber.listen(), await Subscriber.listen()];
  const site = await hubSite(slow, quick);
  await site.serve();
  let [waiting, most] = [0, 0];
  /** @type {(() => void)[]} */
  const releases = [];
  slow.answer = () => {
    most = Math.max(most, ++waiting);
    return new Promise((resolve) => releases.push(() => (waiting--, resolve(204))));
  };
  const spellings = ["127.0.0.1", "127.1", "2130706433", "0x7F.0.0.1"];
  for (let i = 0; i < 12; i++) {
    const callback = slow.callback(`/in?for=${i}`).replace("127.0.0.1", spellings[i % 4] ?? "");
    await slow.subscribe(site, TOPIC, { "hub.callback": callback });
  }
  await quick.subscribe(site, TOPIC);
  await subscribed(site, 13);
  await site.write({ headline: "For all", publish: true });
  await quick.delivered("For all");
  await until(() => waiting === 2, "two are waited for");
  for (let i = 0; i < 12; i++) {
    await until(() => releases.length > i, "the next one's turn has come");
    releases[i]?.();
  }
  await until(() => ask(site, "SELECT COUNT(*) AS n FROM websub_subscription WHERE delivered_seq < (SELECT seq FROM websub_topic)")[0].n === 0, "all are told");
  assert.equal(most, 2);
});

test("an address that may be a secret does not get into the log", async () => {
  const subscriber = await Subscriber.listen();
  const site = await hubSite(subscriber);
  await site.serve();
  await subscriber.subscribe(site, TOPIC, { "hub.callback": subscriber.callback("/in?token=unguessable") });
  await subscribed(site, 1);
  subscriber.server.close();
  subscriber.server.closeAllConnections();
  execFileSync("sqlite3", [path.join(site.data, "broadsheet.db"), "UPDATE websub_subscription SET tries = 19"]);
  await site.write({ headline: "Nobody is there", publish: true });
  await subscribed(site, 0);
  await until(() => /could not be reached for hours.* host=127\.0\.0\.1/.test(site.log), "the log says so");
  assert.ok(!site.log.includes("unguessable"), site.log);
});

test("of searches nobody is told, and their feeds do not say so", async () => {
  const subscriber = await Subscriber.listen();
  const site = await hubSite(subscriber);
  await site.serve();
  const target = "/en/search/atom.xml?q=river";
  const feed = await site.get(target);
  assert.equal(feed.status, 200);
  assert.equal(feed.get("link"), undefined);
  assert.ok(!feed.text().includes('rel="hub"'));
  const answer = await subscriber.ask(site, { "hub.mode": "subscribe", "hub.topic": ADDRESS + target, "hub.callback": subscriber.callback() });
  assert.equal(answer.status, 400);
  assert.match(answer.text(), /hub\.topic/);
});

test("kill -9 in between: every change arrives, and repeats can be told", async () => {
  const subscriber = await Subscriber.listen();
  const site = await hubSite(subscriber);
  await site.serve();
  await subscriber.subscribe(site, TOPIC);
  await subscribed(site, 1);
  let kill = false;
  subscriber.answer = async () => {
    if (kill) {
      kill = false;
      await site.crash(); // it was received, and nobody knows
    }
    return 204;
  };
  const headlines = [];
  for (let i = 0; i < 12; i++) {
    const headline = `Change ${i} of many`;
    headlines.push(headline);
    kill = i % 4 === 1;
    await site.write({ headline, publish: true });
    await subscriber.delivered(headline);
    if (i % 4 === 1) {
      await until(() => !site.server, "it is killed");
      await site.serve();
    } else if (i % 4 === 3) {
      await site.crash(); // at any moment
      await site.serve();
    }
  }
  await site.write({ headline: "The last", publish: true });
  await subscriber.delivered("The last");
  for (const headline of headlines) assert.ok(subscriber.deliveries.some(({ body }) => body.includes(headline)), headline);
  assert.ok(subscriber.deliveries.every(({ good }) => good));
  /** @type {Map<string, string>} */
  const seen = new Map();
  let repeats = 0;
  for (const { headers, body } of subscriber.deliveries) {
    const key = String(headers["idempotency-key"]);
    repeats += Number(seen.has(key));
    assert.equal(seen.get(key) ?? body, body, "the same key is the same delivery");
    seen.set(key, body);
  }
  note(`${subscriber.deliveries.length} deliveries of ${headlines.length + 1} changes, ${repeats} of them repeats`);
  assert.ok(repeats > 0, "a kill after the delivery repeats it");
});

test("a feed that says something else after a restart is delivered, whatever the log says", async () => {
  const subscriber = await Subscriber.listen();
  const site = await hubSite(subscriber);
  await site.serve();
  await subscriber.subscribe(site, TOPIC);
  await subscribed(site, 1);
  await site.write({ headline: "Known", publish: true });
  await subscriber.delivered("Known");
  await site.stop();
  // As if what was printed had already held a change that the log was not
  // followed to; or as if another version of the program printed it.
  execFileSync("sqlite3", [path.join(site.data, "broadsheet.db"), "UPDATE websub_topic SET digest = 'another'"]);
  const before = subscriber.deliveries.length;
  await site.serve();
  await until(() => subscriber.deliveries.length > before, "it is delivered");
  await until(() => ask(site, "SELECT digest FROM websub_topic")[0].digest.length === 64, "it is noted");
});

if (missing) {
  skip("those that fail are tried again, and forgotten when they are gone", missing);
} else {
  test("those that fail are tried again, and forgotten when they are gone", async () => {
    const subscriber = await Subscriber.listen();
    const site = await hubSite(subscriber);
    const turn = turnableClock(site);
    await site.serve();
    await subscriber.subscribe(site, TOPIC);
    await subscribed(site, 1);
    let failures = 0;
    subscriber.answer = () => (failures++ < 2 ? 503 : 204);
    await site.write({ headline: "Third time lucky", publish: true });
    for (let tries = 1; tries < 3; tries++) {
      await until(() => ask(site, "SELECT tries FROM websub_subscription")[0].tries === tries, "the failure is noted");
      turn(tries * 60);
    }
    await until(() => ask(site, "SELECT tries FROM websub_subscription")[0].tries === 0, "it is taken");
    assert.equal(subscriber.deliveries.length, 3);
    subscriber.answer = () => 410;
    await site.write({ headline: "Go away", publish: true });
    await subscribed(site, 0);
    subscriber.answer = () => 204;
    await subscriber.subscribe(site, TOPIC, { "hub.lease_seconds": "86400" });
    await subscribed(site, 1);
    turn(2 * DAY);
    const before = subscriber.deliveries.length;
    await site.write({ headline: "After the lease", publish: true });
    await subscriber.subscribe(site, `${ADDRESS}/en/rss.xml`);
    await site.write({ headline: "In the other feed", publish: true });
    await subscriber.delivered("In the other feed");
    assert.ok(subscriber.deliveries.slice(before).every(({ headers }) => String(headers["content-type"]).includes("rss")));
  });
}

test("another hub is pinged for every feed that changed, and named instead", async () => {
  const hub = await Subscriber.listen();
  const site = await hubSite(hub);
  await site.run("settings", "set", "websub_hub", `http://127.0.0.1:${hub.port}/hub`);
  await site.serve();
  await site.write({ headline: "For the other hub", tags: ["rivers"], publish: true });
  /** @param {string} url */
  const pinged = (url) =>
    until(() => hub.deliveries.some(({ body }) => new URLSearchParams(body).getAll("hub.url").includes(url)), `${url} is pinged`);
  for (const feed of ["/en/atom.xml", "/en/rss.xml", "/en/feed.json", "/en/tag/rivers/atom.xml"]) await pinged(ADDRESS + feed);
  assert.equal(new URLSearchParams(hub.deliveries[0]?.body).get("hub.mode"), "publish");
  assert.match((await site.get("/en/atom.xml")).get("link") ?? "", /^<http:\/\/127\.0\.0\.1:\d+\/hub>; rel="hub"/);
  const refused = await hub.ask(site, { "hub.mode": "subscribe", "hub.topic": TOPIC, "hub.callback": hub.callback() });
  assert.equal(refused.status, 404);
  assert.match(refused.text(), /the hub of this newspaper is http:/);
});

test("without an address there is no hub, and it says so", async () => {
  const subscriber = await Subscriber.listen();
  const site = await Site.make();
  await site.serve();
  await until(() => site.log.includes("the hub for feeds is off"), "the log says so");
  assert.equal((await site.get("/en/atom.xml")).get("link"), undefined);
  const answer = await subscriber.ask(site, { "hub.mode": "subscribe", "hub.topic": "/en/atom.xml", "hub.callback": subscriber.callback() });
  assert.equal(answer.status, 404);
  assert.match(answer.text(), /address is not set/);
});

await run();
