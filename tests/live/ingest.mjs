#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Every way in: RTMP within TLS, SRT; and that a key taken back by a command
// ends it. What the program does by itself is in tests/unit/media/test_ingest*.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import path from "node:path";
import process from "node:process";

import { alone } from "../lib/encoder.mjs";
import { freeDatagramPort, freePort } from "../lib/ports.mjs";
import { Site, until } from "../lib/site.mjs";
import { finally_, run, test } from "../lib/tap.mjs";

const site = await Site.make("--name", "The Test");
const rtmps = await freePort();
const srt = await freeDatagramPort();
const certificate = path.join(site.folder, "certificate.pem");
const secret = path.join(site.folder, "key.pem");
execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
  "-keyout", secret, "-out", certificate], { stdio: "ignore" });
await site.serve("--threads", "2", "--srt", `127.0.0.1:${srt}`, "--rtmps", `127.0.0.1:${rtmps}`,
  "--rtmps-certificate", certificate, "--rtmps-key", secret);
await site.run("channel", "add", "news", "--title", "News");
const key = /[a-z2-7]{32}/.exec(await site.run("channel", "key", "add", "news"))?.[0];

/** @type {import("node:child_process").ChildProcess | null} */
let encoder = null;
let said = "";
/** @param {string} format @param {string} address */
function send(format, address) {
  said = "";
  encoder = spawn("ffmpeg", [
    "-hide_banner", "-loglevel", "error", "-re",
    "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25", "-f", "lavfi", "-i", "sine=r=48000",
    "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "25", "-b:v", "300k",
    "-c:a", "aac", "-f", format, address,
  ], { stdio: ["ignore", "ignore", "pipe"] });
  alone(encoder);
  encoder.stderr?.on("data", (text) => (said += text));
}
const stop = () => encoder?.kill("SIGKILL");
finally_(stop);
process.on("exit", stop);

const status = async () => JSON.parse(await site.run("channel", "status", "--json")).channels[0];
/** @param {string} protocol */
const isOnAir = (protocol) =>
  until(async () => {
    const channel = await status();
    return channel.on_air && channel.feed?.protocol === protocol && channel.feed.state === "began" &&
      channel.feed.video?.frames_a_second > 0 && channel;
  }, `${protocol} is on the air`);
/** The newest part, whole. */
const part = async () => {
  const list = (await site.get("/live/news/source/index.m3u8")).text();
  const names = [...list.matchAll(/#EXT-X-PART:[^\n]*URI="([^"]+)"/g)];
  const answer = await site.get(`/live/news/source/${names.at(-1)?.[1]}`);
  assert.equal(answer.status, 200);
  return answer.body.length;
};

test("RTMP within TLS is on the air", async () => {
  send("flv", `rtmps://127.0.0.1:${rtmps}/live/${key}`);
  const { feed } = await isOnAir("rtmps");
  assert.equal(feed.video.width, 320);
  assert.equal(feed.audio.rate, 48000);
  assert.ok((await part()) > 1000);
});

test("SRT takes over with the same key", async () => {
  const before = encoder;
  send("mpegts", `srt://127.0.0.1:${srt}?streamid=#!::r=${key},m=publish`);
  await until(() => before?.exitCode !== null, "the encoder before has ended");
  const { feed } = await isOnAir("srt");
  assert.match(feed.video.codec, /^avc1\./);
  assert.equal(feed.jumps, 0);
  assert.ok((await part()) > 1000);
});

test("a key that is taken back ends the broadcast, and no other begins with it", async () => {
  const [{ id }] = JSON.parse(await site.run("channel", "key", "list", "news", "--json"));
  await site.run("channel", "key", "revoke", id);
  await until(() => encoder?.exitCode !== null, "the encoder has ended");
  assert.notEqual((await status()).feed?.state, "began");
  send("flv", `rtmps://127.0.0.1:${rtmps}/live/${key}`);
  await until(() => encoder?.exitCode !== null, "the encoder has ended");
  assert.match(said, /the stream key is not known/);
});

await run();
