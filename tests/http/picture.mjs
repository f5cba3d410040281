#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Pictures: what people send becomes what readers need, or a clear error; the
// program that decodes it can do nothing else.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { BLUE, GREEN, RED, servePictures, vips } from "../lib/pictures.mjs";
import { checksum, png } from "../lib/png.mjs";
import { broadsheet, program } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";

const { site, at, add, graceEnds } = await servePictures();

/** What is said of a picture that is refused. @param {string} file */
async function refused(file) {
  const { code, stderr } = await broadsheet(["picture", "add", file, "--data", site.data]);
  assert.notEqual(code, 0, file);
  return stderr;
}

/** The colour of one place of a rendition: red, green, blue. @param {any} picture @param {number} x @param {number} y @param {string} type @param {string} cut */
function colorAt(picture, x, y, type = "image/jpeg", cut = "") {
  const found = picture.renditions.find((/** @type {any} */ r) => r.type === type && r.cut === cut);
  const blobs = path.join(site.data, "blobs");
  const name = path.basename(found.path);
  const file = path.join(blobs, name.slice(0, 2), /** @type {string} */ (fs.readdirSync(path.join(blobs, name.slice(0, 2))).find((f) => f.startsWith(name.slice(2, 32)))));
  return vips("getpoint", file, String(Math.floor(x * found.width)), String(Math.floor(y * found.height))).trim().split(/\s+/).map(Number);
}

/** @param {number[]} color @param {number[]} expected @param {string} what */
function looksLike(color, expected, what, within = 40) {
  for (const i of [0, 1, 2])
    assert.ok(Math.abs((color[i] ?? -999) - (expected[i] ?? 0)) <= within, `${what}: ${color} is not ${expected}`);
}

/** A JPEG with a segment more, right at its beginning. @param {number} marker @param {Buffer} body */
function withSegment(marker, body) {
  const jpeg = fs.readFileSync(at("plain.jpg"));
  const head = Buffer.from([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255]);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

/** Exif with an orientation and a place on the globe. @param {number} orientation */
function exif(orientation) {
  const tiff = Buffer.alloc(8 + 2 + 2 * 12 + 4 + 2 + 12 + 4 + 8);
  tiff.write("MM\0*", 0, "latin1");
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(2, 8);
  const entry = (/** @type {number} */ place, /** @type {number[]} */ [tag, type, count]) => {
    tiff.writeUInt16BE(/** @type {number} */ (tag), place);
    tiff.writeUInt16BE(/** @type {number} */ (type), place + 2);
    tiff.writeUInt32BE(/** @type {number} */ (count), place + 4);
  };
  entry(10, [0x112, 3, 1]);
  tiff.writeUInt16BE(orientation, 18);
  entry(22, [0x8825, 4, 1]); // the GPS directory
  tiff.writeUInt32BE(38, 30);
  tiff.writeUInt16BE(1, 38);
  entry(40, [1, 2, 8]);
  tiff.writeUInt32BE(56, 48);
  tiff.write("N-SECRET", 56, "latin1");
  return Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
}

/** @param {Record<number, string>} fields  of IPTC-IIM's second record */
function iptc(fields) {
  const sets = Object.entries(fields).map(([number, text]) => {
    const value = Buffer.from(text);
    return Buffer.concat([Buffer.from([0x1c, 2, Number(number), value.length >> 8, value.length & 255]), value]);
  });
  const data = Buffer.concat(sets);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  return Buffer.concat([Buffer.from("Photoshop 3.0\x008BIM\x04\x04\0\0", "latin1"), size, data]);
}

test("every size of the table in every type, and the cut of lists; smaller ones are not enlarged", async () => {
  const picture = await add(at("plain.jpg"));
  const sizes = picture.renditions.filter((/** @type {any} */ r) => !r.cut).map((/** @type {any} */ r) => `${r.cut}${r.type.slice(6, 7)}${r.width}`).sort();
  const expected = ["a", "j", "w"].flatMap((type) => [320, 480, 640, 800].map((width) => `${type}${width}`)).sort();
  assert.deepEqual(sizes, expected, "900 × 600 is 3:2 as it is");
  const cuts = picture.renditions.filter((/** @type {any} */ r) => r.cut);
  assert.deepEqual(
    cuts.map((/** @type {any} */ r) => `${r.cut} ${r.type.slice(6)} ${r.width}×${r.height}`).sort(),
    ["16:9 avif 480×270", "16:9 avif 800×450", "16:9 jpeg 480×270", "16:9 jpeg 800×450"]
      .concat(["1:1 avif 480×480", "1:1 jpeg 480×480"]),
    "those of openings and of portraits",
  );
  for (const type of ["image/jpeg", "image/webp", "image/avif"]) {
    looksLike(colorAt(picture, 0.1, 0.1, type), GREEN, type);
    looksLike(colorAt(picture, 0.9, 0.5, type), BLUE, type);
  }
  const again = await broadsheet(["picture", "add", at("plain.jpg"), "--data", site.data]);
  assert.match(again.stderr, /already/);
  assert.equal(again.stdout.trim(), picture.id);
});

test("CMYK, sixteen bits, transparency, a picture that moves: each as it is looked at", async () => {
  vips("icc_transform", at("plain.ppm"), at("cmyk.jpg[Q=95]"), "cmyk", "--input-profile", "srgb");
  const cmyk = await add(at("cmyk.jpg"));
  looksLike(colorAt(cmyk, 0.9, 0.5), BLUE, "CMYK", 70);
  looksLike(colorAt(cmyk, 0.3, 0.8), RED, "CMYK", 70);
  vips("cast", at("plain.ppm"), at("deep.v"), "ushort", "--shift");
  vips("copy", at("deep.v"), at("deep.png"), "--interpretation", "rgb16");
  looksLike(colorAt(await add(at("deep.png")), 0.1, 0.1), GREEN, "16 bits");
  vips("bandjoin_const", at("plain.ppm"), at("clear.png"), "0");
  looksLike(colorAt(await add(at("clear.png")), 0.5, 0.5), [255, 255, 255], "transparent");
  vips("linear", at("plain.ppm"), at("dark.png"), "0 0 0", "0 0 0", "--uchar");
  vips("join", at("plain.ppm"), at("dark.png"), at("both.v"), "vertical");
  vips("gifsave", at("both.v"), at("moving.gif"), "--page-height", "600");
  const gif = await add(at("moving.gif"));
  looksLike(colorAt(gif, 0.9, 0.5), BLUE, "the first frame");
  assert.equal(gif.height, 600);
});

test("what lies on its side is turned: Exif's way and HEIF's", async () => {
  fs.writeFileSync(at("turned.jpg"), withSegment(0xe1, exif(6))); // to be turned clockwise
  const turned = await add(at("turned.jpg"));
  assert.deepEqual([turned.width, turned.height], [600, 900]);
  looksLike(colorAt(turned, 0.9, 0.1), GREEN, "up on the right now");
  looksLike(colorAt(turned, 0.5, 0.9), BLUE, "below");
  vips("heifsave", at("plain.ppm"), at("plain.heic"), "--compression", "hevc", "--Q", "90");
  looksLike(colorAt(await add(at("plain.heic")), 0.1, 0.1), GREEN, "HEIC");
  fs.writeFileSync(at("turned.heic"), rotateHeif(fs.readFileSync(at("plain.heic"))));
  const heic = await add(at("turned.heic"));
  assert.deepEqual([heic.width, heic.height], [600, 900]);
  looksLike(colorAt(heic, 0.9, 0.1), GREEN, "HEIC, turned");
});

test("where it was taken is nobody's business; who made it is kept", async () => {
  fs.writeFileSync(at("secret.jpg"), withSegment(0xe1, exif(1)));
  fs.writeFileSync(at("credit.jpg"), withSegment(0xed, iptc({ 80: "Nino Beridze", 110: "AFP", 116: "© 2026 <AFP>", 120: "A bridge" })));
  const secret = await add(at("secret.jpg"));
  const credited = await add(at("credit.jpg"));
  assert.equal(credited.credit, "Nino Beridze / AFP");
  assert.equal((await add(at("turned.jpg"), "--credit", "mine")).credit, "", "it is there already, and stays as it is");
  const files = (/** @type {any} */ picture) => picture.renditions.map((/** @type {any} */ r) => ({ ...r, bytes: blob(r.path) }));
  for (const file of files(secret)) assert.ok(!file.bytes.includes("SECRET"), file.path);
  for (const file of files(credited)) {
    assert.equal(file.bytes.includes("Nino Beridze / AFP"), file.width >= 640, `${file.type} ${file.width}`);
    assert.equal(file.bytes.includes("© 2026 &lt;AFP&gt;"), file.width >= 640, `${file.type} ${file.width}`);
  }
});

/** The bytes of a stored file by its public path. @param {string} address */
function blob(address) {
  const name = path.basename(address);
  const inside = path.join(site.data, "blobs", name.slice(0, 2));
  return fs.readFileSync(path.join(inside, /** @type {string} */ (fs.readdirSync(inside).find((file) => file.startsWith(name.slice(2, 32))))));
}

test("a bomb, half a file, no picture, a needle: told what is wrong and what helps", async () => {
  const small = png(16, 16);
  const bomb = Buffer.from(small);
  bomb.writeUInt32BE(32768, 16); // the size in IHDR, 3 GiB decoded
  bomb.writeUInt32BE(32768, 20);
  bomb.writeUInt32BE(checksum(bomb.subarray(12, 29)), 29);
  fs.writeFileSync(at("bomb.png"), bomb);
  assert.match(await refused(at("bomb.png")), /32768 × 32768 pixels.*100 million.*smaller/);
  fs.writeFileSync(at("half.jpg"), fs.readFileSync(at("plain.jpg")).subarray(0, 6000));
  assert.match(await refused(at("half.jpg")), /damaged or not complete.*send it once more/);
  fs.writeFileSync(at("half.heic"), fs.readFileSync(at("plain.heic")).subarray(0, 2500));
  assert.match(await refused(at("half.heic")), /damaged or not complete/);
  fs.writeFileSync(at("words.jpg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
  assert.match(await refused(at("words.jpg")), /no picture that is read here: JPEG, PNG/);
  fs.writeFileSync(at("needle.png"), png(30, 20000));
  assert.match(await refused(at("needle.png")), /so narrow/);
  const { stdout } = await broadsheet(["picture", "list", "-n", "100", "--json", "--data", site.data]);
  assert.ok(!/bomb|half|words|needle/.test(stdout), "nothing of them is kept");
});

test("the focal point stays in the cut", async () => {
  const picture = await add(at("wide.png"), "--focus", "5%", "--focus", "50%");
  const card = picture.renditions.find((/** @type {any} */ r) => r.cut === "3:2");
  assert.ok(Math.abs(card.width / card.height - 1.5) < 0.02, `${card.width} × ${card.height}`);
  looksLike(colorAt(picture, 0.02, 0.1, "image/jpeg", "3:2"), GREEN, "the left end");
  await site.run("picture", "focus", picture.id, "95%", "50%");
  const moved = JSON.parse(await site.run("picture", "show", picture.id, "--json"));
  looksLike(colorAt(moved, 0.02, 0.1, "image/jpeg", "3:2"), BLUE, "the right end");
});

test("a portrait is the square around the focal point, on the author's page alone", async () => {
  const feed = "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>t</title><item><title>By Nino</title><guid>n1</guid><dc:creator>Nino Kalandia</dc:creator><description>Words.</description></item></channel></rss>";
  fs.writeFileSync(at("feed.xml"), feed);
  await site.run("import", "rss", at("feed.xml"));
  vips("resize", at("plain.ppm"), at("face.png"), "0.8", "--vscale", "0.6"); // 720 × 360
  const picture = await add(at("face.png"), "--focus", "100%", "--focus", "50%", "--alt", "Nino at her desk");
  const page = async () => (await site.get("/en/author/nino-kalandia")).text();
  assert.ok(!/class="head portrait"/.test(await page()));
  const unknown = await broadsheet(["picture", "portrait", "nobody", picture.id, "--data", site.data]);
  assert.match(unknown.stderr, /nobody has the page/);
  await site.run("picture", "portrait", "nino-kalandia", picture.id);
  const html = await page();
  const img = /class="head portrait"[\s\S]*?<img src="([^"]+)" alt="Nino at her desk"[^>]* width="320" height="320"/.exec(html);
  assert.ok(img, html.slice(0, 200));
  assert.equal((await site.get(img[1] ?? "")).status, 200);
  looksLike(colorAt(picture, 0.1, 0.1, "image/jpeg", "1:1"), BLUE, "the right end");
  await site.run("picture", "portrait", "nino-kalandia", "none");
  assert.ok(!/class="head portrait"/.test(await page()));
  assert.equal((await site.get(img[1] ?? "")).status, 200, "whoever has the page gets it, for a while");
  await graceEnds();
  assert.equal((await site.get(img[1] ?? "")).status, 404, "nothing shows it any more");
});

test("the helper can open, make, connect, execute, fork, signal and trace nothing", () => {
  const helper = path.join(path.dirname(program), "broadsheet-image");
  const probed = JSON.parse(execFileSync(helper, ["probe"], { encoding: "utf8" }));
  assert.deepEqual(Object.values(probed), Object.keys(probed).map(() => true), JSON.stringify(probed));
  assert.ok(Object.keys(probed).length >= 9);
});

/**
 * The same HEIC, to be shown a quarter turn clockwise: an "irot" property more
 * (ISO/IEC 23008-12 §6.5.10), and everything behind it moved.
 * @param {Buffer} file
 */
function rotateHeif(file) {
  const irot = Buffer.from([0, 0, 0, 9, 0x69, 0x72, 0x6f, 0x74, 3]);
  const box = (/** @type {string} */ type) => file.indexOf(type, 0, "latin1") - 4;
  const [ipco, ipma, iloc] = [box("ipco"), box("ipma"), box("iloc")];
  const end = ipco + file.readUInt32BE(ipco);
  let properties = 0;
  for (let place = ipco + 8; place < end; place += file.readUInt32BE(place)) properties++;
  // ipma: version 0, flags 0: a count, then of each item its id, a count, one byte a property.
  const association = ipma + 12 + 4 + 2;
  const out = Buffer.from(file);
  out.writeUInt8(file.readUInt8(association) + 1, association);
  const after = association + 1 + file.readUInt8(association);
  const grown = irot.length + 1;
  for (const [name, by] of /** @type {const} */ ([["ipco", irot.length], ["ipma", 1], ["iprp", grown], ["meta", grown]]))
    out.writeUInt32BE(file.readUInt32BE(box(name)) + by, box(name));
  moveItems(out, iloc, grown);
  return Buffer.concat([out.subarray(0, end), irot, out.subarray(end, after), Buffer.from([0x80 | (properties + 1)]), out.subarray(after)]);
}

/** Adds to the offsets of a file's items. @param {Buffer} out @param {number} iloc @param {number} by */
function moveItems(out, iloc, by) {
  const version = out.readUInt8(iloc + 8);
  const sizes = out.readUInt8(iloc + 12);
  const base = out.readUInt8(iloc + 13) >> 4;
  let place = iloc + 14;
  const count = out.readUInt16BE(place);
  place += 2;
  for (let i = 0; i < count; i++) {
    place += version ? 4 : 2; // its id, and how it is made
    place += 2;
    const baseOffset = place;
    place += base;
    const extents = out.readUInt16BE(place);
    place += 2;
    for (let e = 0; e < extents; e++) {
      if (e === 0 && base === 0) out.writeUInt32BE(out.readUInt32BE(place) + by, place);
      place += (sizes >> 4) + (sizes & 15);
    }
    if (base) out.writeUInt32BE(out.readUInt32BE(baseOffset) + by, baseOffset);
  }
}

await run();
