#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What the program says about itself, and what it answers to what it does not
// understand.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";

import { Site, broadsheet, must, program, root } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";

const version = fs.readFileSync(path.join(root, "VERSION"), "utf8").trim();
const overview = await must(["help"]);
const commands = overview
  .split("Commands\n")[1]
  .split("\n\n")[0]
  .split("\n")
  .map((line) => line.trim().split(/\s{2,}/)[0]);

test("help lists the commands that there are to be", () => {
  for (const name of ["init", "serve", "demo", "import ninjs", "import wxr", "import ghost", "import rss", "import views", "export ninjs", "article list",
    "article show", "article publish", "article withdraw", "category list", "settings list", "check", "version", "help"])
    assert.ok(commands.includes(name), name);
});

test("every command explains itself, on standard output, examples first", async () => {
  for (const name of commands) {
    const asked = await broadsheet(["help", ...name.split(" ")]);
    const flagged = await broadsheet([...name.split(" "), "--help"]);
    assert.equal(asked.code, 0, name);
    assert.equal(asked.stderr, "", name);
    assert.equal(asked.stdout, flagged.stdout, name);
    assert.ok(asked.stdout.indexOf("Examples") < asked.stdout.indexOf("Usage"), name);
  }
  const group = await must(["help", "article"]);
  assert.ok(group.includes("broadsheet article list:") && group.includes("broadsheet article show:"));
});

test("no words at all: what this is, on standard error, and exit code 2", async () => {
  const { code, stdout, stderr } = await broadsheet([]);
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.ok(stderr.includes("broadsheet demo"));
});

test("habits are understood: --version, -h", async () => {
  assert.equal(await must(["--version"]), `broadsheet ${version}\n`);
  assert.equal(await must(["-h"]), overview);
  assert.deepEqual(JSON.parse(await must(["version", "--json"])), { version });
});

const site = await Site.make();

test("what is wrong is told with a remedy, on standard error only", async () => {
  /** @type {[string[], RegExp][]} */
  const wrong = [
    [["sevre"], /did you mean 'broadsheet serve'\?/],
    [["article", "shwo"], /did you mean 'broadsheet article show'\?/],
    [["help", "artcle"], /there is no command 'artcle'/],
    [["article"], /list, show, new/],
    [["article", "list", "--limti", "3"], /did you mean --limit\?/],
    [["article", "list", "--limit", "many"], /--limit has to be a number from 1 to 1000, not 'many'/],
    [["article", "list", "--state", "gone"], /draft, review, ready/],
    [["article", "show"], /ID is missing .* as in: broadsheet article show 62f9f7d471fdc/],
    [["article", "withdraw", "62f9f7d471fdc"], /--reason/],
    [["import", "ninjs"], /FILE is missing/],
    [["import", "wxr"], /FILE is missing/],
    [["import", "ninjs", "a", "--media-prefix", "b"], /belong together/],
    [["completion", "tcsh"], /only for bash, zsh and fish/],
    [["serve", "--listen", "nowhere"], /nowhere/],
    [["init"], /DIR is missing/],
  ];
  for (const [words, expected] of wrong) {
    const { code, stdout, stderr } = await broadsheet([...words], { env: { BROADSHEET_DATA: site.data } });
    assert.ok(code === 2 || code === 65, `${words.join(" ")} ended with ${code}: ${stderr}`);
    assert.equal(stdout, "", words.join(" "));
    assert.match(stderr, expected);
    assert.match(stderr, /^broadsheet: /);
  }
});

test("what is not there is named, and what to do: a language, files of a folder, XMLTV that is none", async () => {
  const none = path.join(site.folder, "none.txt"), folder = path.join(site.folder, "empty");
  fs.writeFileSync(none, "nothing of the kind");
  fs.mkdirSync(folder);
  /** @type {[string[], number, RegExp][]} */
  const wrong = [
    [["language", "remove", "fr"], 66, /has no language "fr"; 'broadsheet language list'/],
    [["import", "ninjs", folder], 66, /no \.json file in the folder .*empty/],
    [["programme", "import", none], 65, /none\.txt: line 1/],
    [["demo", site.data, "--no-serve"], 0, /already; it stays as it is/],
  ];
  for (const [words, code, expected] of wrong) {
    const found = await broadsheet(words, { env: { BROADSHEET_DATA: site.data } });
    assert.equal(found.code, code, `${words.join(" ")}: ${found.stderr}`);
    assert.match(found.stderr, expected);
  }
});

test("nothing is coloured where nobody looks", async () => {
  for (const words of [["help"], ["sevre"], ["help", "serve"]]) {
    const { stdout, stderr } = await broadsheet(words, { env: { TERM: "xterm", NO_COLOR: "" } });
    assert.ok(!(stdout + stderr).includes("\x1b"), words.join(" "));
  }
});

test("a terminal gets colour and progress, unless it is told otherwise", async () => {
  const many = path.join(site.folder, "many.json");
  fs.writeFileSync(many, JSON.stringify(Array.from({ length: 400 }, (_, n) => ({
    uri: `urn:many:${n}`, versionCreated: "2024-05-01T10:00:00Z", headlines: [{ value: `Story ${n}` }], bodies: [{ value: "Text." }] }))));
  const inTerminal = (/** @type {string} */ words, /** @type {Record<string, string>} */ env) =>
    execFileSync("script", ["-qec", `${program} ${words}`, "/dev/null"], {
      encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, TERM: "xterm", ...env } });
  assert.ok(inTerminal("help", {}).includes("\x1b[1m"));
  assert.ok(!inTerminal("help", { NO_COLOR: "1" }).includes("\x1b"));
  assert.ok(!inTerminal("help", { TERM: "dumb" }).includes("\x1b"));
  const told = inTerminal(`import ninjs ${many} --data ${site.data}`, {});
  assert.match(told, /import: \d+/);
  assert.match(told, /400 created/);
});

test("the manual page is what the table of commands says", async () => {
  const stored = fs.readFileSync(path.join(root, "docs/man/broadsheet.1"), "utf8");
  assert.equal(stored, await must(["help", "--manual"]), "make it again: broadsheet help --manual");
  for (const name of commands)
    assert.ok(stored.includes(`.SS \\fBbroadsheet ${name.replaceAll("-", "\\-")}\\fR`), name);
});

test("completion knows every command, and bash reads it", async () => {
  const script = await must(["completion", "bash"]);
  const complete = (/** @type {string[]} */ ...words) =>
    execFileSync(
      "bash",
      ["-c", `${script}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _broadsheet; printf '%s\\n' "\${COMPREPLY[@]}"`, "-", "broadsheet", ...words],
      { encoding: "utf8" },
    ).trim().split("\n");
  assert.deepEqual(complete("se").sort(), ["search", "serve", "settings"]);
  assert.deepEqual(complete("article", "sh"), ["show"]);
  assert.deepEqual(complete("article", "list", "--li"), ["--limit"]);
  assert.deepEqual(complete("serve", "--lis"), ["--listen"]);
  assert.deepEqual(complete("channel", "k"), ["key"]);
  assert.deepEqual(complete("channel", "key", "re"), ["revoke"]);
  assert.deepEqual(complete("channel", "key", "add", "--la"), ["--label"]);
  const fish = await must(["completion", "fish"]);
  for (const name of commands) assert.ok(fish.includes(`-a ${name.split(" ").at(-1)} `), name);
});

await run();
