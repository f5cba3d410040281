#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Lighthouse over the sample newspaper: mobile, a processor at half speed, the
// median of several rounds. Figures depend on the machine: no part of
// `make check`.
//
//   make audit                    every kind of page, every language, 5 rounds
//   make audit ROUNDS=1 ONLY=front,ka:article
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";

import { CHROMIUM, findBrowser } from "../lib/browser.mjs";
import { Paper } from "../lib/paper.mjs";
import { root } from "../lib/site.mjs";
import { note, run, skip, test } from "../lib/tap.mjs";

// Where `make audit` puts them, apart from what building needs.
const packages = createRequire(path.join(root, "build/audit/package.json"));
const { default: lighthouse } = await import(packages.resolve("lighthouse"));
const chrome = await import(packages.resolve("chrome-launcher"));

const ROUNDS = Number(process.env.ROUNDS || 5);
/** Answers that are errors have no score. */
const KINDS = ["front", "category", "article", "live", "search", "saved", "tv", "menu", "tag", "author"];
const FULL = /** @type {const} */ (["accessibility", "best-practices", "seo"]);
const PERFORMANCE_MIN = 95;
const LCP_MAX_MS = 1800;
const CLS_MAX = 0.01;
/** These ask search engines not to list them, which costs points for SEO. */
const UNLISTED = ["search", "saved"];

/** What does not depend on time is asked once, times in every round.
 * @param {boolean} everything */
const settings = (everything) => ({
  extends: "lighthouse:default",
  settings: {
    formFactor: "mobile",
    throttling: { rttMs: 150, throughputKbps: 1638.4, cpuSlowdownMultiplier: 2 },
    onlyCategories: everything ? ["performance", ...FULL] : ["performance"],
    // Neither counts for a score, and each takes as long as a round.
    skipAudits: ["bf-cache"],
    disableFullPageScreenshot: true,
  },
});

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** Now and then Chromium's trace lacks its beginning, and Lighthouse says so.
 * @param {string} url @param {number} port @param {boolean} everything */
async function load(url, port, everything) {
  for (let tries = 1; ; tries++) {
    const { lhr } = /** @type {any} */ (
      await lighthouse(url, { port, logLevel: "error" }, /** @type {any} */ (settings(everything)))
    );
    if (!lhr.runtimeError) return lhr;
    note(`${url}: ${lhr.runtimeError.message}`);
    if (tries === 3) throw new Error(lhr.runtimeError.message);
  }
}

/** @param {string} url @param {number} port @param {boolean} everything */
async function measure(url, port, everything) {
  const lhr = await load(url, port, everything);
  const score = (/** @type {string} */ name) => Math.round((lhr.categories[name]?.score ?? 0) * 100);
  const failed = Object.values(lhr.categories)
    .filter(({ id }) => id !== "performance")
    .flatMap(({ auditRefs }) => auditRefs)
    .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
    .map(({ id }) => id);
  return {
    performance: score("performance"),
    full: everything ? Object.fromEntries(FULL.map((name) => [name, score(name)])) : {},
    failed,
    lcp: lhr.audits["largest-contentful-paint"].numericValue,
    cls: lhr.audits["cumulative-layout-shift"].numericValue,
  };
}

const { playwright, why } = await findBrowser();
if (!playwright) {
  skip("Lighthouse", String(why));
} else {
  const paper = await Paper.open(playwright);
  await paper.site.run("picture", "make"); // what readers get of them
  for (const lang of paper.languages)
    for (const kind of KINDS) {
      const page = paper.pages(lang).find((one) => one.kind === kind);
      if (!page) continue;
      test(`${lang} ${kind}: Lighthouse`, async () => {
        const rounds = [];
        for (let round = 0; round < ROUNDS; round++) {
          const browser = await chrome.launch({
            chromePath: CHROMIUM,
            chromeFlags: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"],
          });
          try {
            rounds.push(await measure(paper.origin + page.target, browser.port, round === 0));
          } finally {
            browser.kill();
          }
        }
        const performance = median(rounds.map((round) => round.performance));
        const lcp = median(rounds.map((round) => round.lcp));
        const cls = median(rounds.map((round) => round.cls));
        note(`${lang} ${kind}: performance ${performance}, LCP ${(lcp / 1000).toFixed(2)} s, CLS ${cls.toFixed(4)}`);
        const wrong = [];
        for (const { full, failed } of rounds) {
          const seen = failed.filter((id) => !(id === "is-crawlable" && UNLISTED.includes(kind)));
          if (seen.length) wrong.push(`${JSON.stringify(full)}: ${seen.join(", ")}`);
        }
        if (performance < PERFORMANCE_MIN) wrong.push(`performance ${performance}`);
        if (lcp > LCP_MAX_MS) wrong.push(`LCP ${lcp} ms`);
        if (cls > CLS_MAX) wrong.push(`CLS ${cls}`);
        if (wrong.length) throw new Error([...new Set(wrong)].join("\n"));
      });
    }
}

await run();
