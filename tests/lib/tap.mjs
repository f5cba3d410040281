// SPDX-License-Identifier: Apache-2.0
// Tests in order, told as TAP. A test that throws failed; what it throws is
// told as a comment. The process ends by itself with 0 or 1.
import process from "node:process";

/**
 * After which a test gives up whatever it waits for. Nothing is that slow; only
 * a defect, or a machine with a hundred other things to do.
 */
export const PATIENCE_MS = 120_000;

/** @type {{ name: string, run: (() => unknown) | null, why: string }[]} */
const tests = [];
/** @type {(() => unknown)[]} */
const atEnd = [];

/**
 * @param {string} name  says what holds
 * @param {() => unknown} run
 */
export function test(name, run) {
  tests.push({ name, run, why: "" });
}

/**
 * A test that cannot run here, and why: it is counted and told.
 * @param {string} name
 * @param {string} why
 */
export function skip(name, why) {
  tests.push({ name, run: null, why });
}

/** Runs after all tests, also when some failed. @param {() => unknown} run */
export function finally_(run) {
  atEnd.push(run);
}

/** A figure or a remark for the log. @param {string} text */
export function note(text) {
  for (const line of text.split("\n")) process.stdout.write(`# ${line}\n`);
}

/** @param {unknown} error */
function explain(error) {
  const text = error instanceof Error ? error.stack : String(error);
  note(String(text));
}

/** Runs all tests; the last line of a script. */
export async function run() {
  let failed = 0;
  process.stdout.write(`1..${tests.length}\n`);
  for (const [index, { name, run: check, why }] of tests.entries()) {
    const line = `${index + 1} - ${name}`;
    if (!check) {
      process.stdout.write(`ok ${line} # SKIP ${why}\n`);
      continue;
    }
    try {
      await check();
      process.stdout.write(`ok ${line}\n`);
    } catch (error) {
      failed++;
      process.stdout.write(`not ok ${line}\n`);
      explain(error);
    }
  }
  for (const end of atEnd.reverse()) {
    try {
      await end();
    } catch (error) {
      failed++;
      explain(error);
    }
  }
  process.exit(failed ? 1 : 0);
}
