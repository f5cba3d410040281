#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The schedule in the zone of a reader far away: days that the newspaper's own
// zone does not have are named as the language does it, whatever the browser knows.
import assert from "node:assert/strict";

import { findBrowser, launch, openPage } from "../lib/browser.mjs";
import { Site } from "../lib/site.mjs";
import { run, skip, test } from "../lib/tap.mjs";

const HOUR_MS = 3600_000;
const names = {
  en: /^[A-Z][a-z]+ \d{1,2} [A-Z][a-z]+ \d{4}$/,
  ka: /^\p{Script=Georgian}+, \d{1,2} \p{Script=Georgian}+, \d{4}$/u,
  ru: /^\p{Script=Cyrillic}+, \d{1,2} \p{Script=Cyrillic}+ \d{4}\sг\.$/u,
  ar: /^\p{Script=Arabic}+، [٠-٩]{1,2} \p{Script=Arabic}+ [٠-٩]{4}$/u,
};

const { playwright, why } = await findBrowser();
if (!playwright) {
  skip("the schedule in a browser", String(why));
} else {
  const site = await Site.make("--zone", "UTC", ...Object.keys(names).flatMap((lang) => ["--language", lang]));
  await site.run("channel", "add", "news");
  // Today and tomorrow in UTC: in Honolulu these begin yesterday, in Kiritimati they end the day after tomorrow.
  const midnight = Math.floor(Date.now() / (24 * HOUR_MS)) * 24 * HOUR_MS;
  for (let hour = 0; hour < 48; hour += 4) {
    const at = (/** @type {number} */ ms) => new Date(midnight + ms).toISOString();
    await site.run("programme", "add", "news", at(hour * HOUR_MS), at((hour + 4) * HOUR_MS), `Hour ${hour}`);
  }
  await site.serve();
  const origin = `http://localhost:${site.port}`;
  const browser = await launch(playwright);

  for (const [lang, name] of Object.entries(names))
    for (const timezoneId of ["Pacific/Honolulu", "Pacific/Kiritimati"])
      test(`${lang}, ${timezoneId}: days are named in the language, each once, in order`, async () => {
        const { page, context, wrong } = await openPage(browser, origin, { timezoneId });
        await page.goto(`${origin}/${lang}/tv`);
        await page.waitForFunction((/** @type {string} */ zone) => document.querySelector("[data-zone]")?.textContent?.includes(zone), timezoneId);
        const days = await page.locator(".days section").evaluateAll((/** @type {HTMLElement[]} */ sections) =>
          sections.map(({ dataset, firstElementChild }) => ({ iso: dataset.day ?? "", name: firstElementChild?.textContent ?? "" })));
        assert.equal(days.length, 3);
        for (const day of days) assert.match(day.name, name);
        assert.deepEqual(days, [...days].sort((a, b) => a.iso.localeCompare(b.iso)));
        assert.equal(new Set(days.map((day) => day.name)).size, 3);
        assert.deepEqual(wrong, []);
        await context.close();
      });
}

await run();
