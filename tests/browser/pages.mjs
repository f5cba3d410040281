#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The gates of the reader's side, one file each in gates/, over one sample
// newspaper and one browser. Pictures of all pages go to build/screenshots/.
import { findBrowser } from "../lib/browser.mjs";
import { Paper } from "../lib/paper.mjs";
import { run, skip } from "../lib/tap.mjs";

const { playwright, why } = await findBrowser();
if (!playwright) {
  skip("pages in a browser", String(why));
} else {
  const paper = await Paper.open(playwright);
  const wanted = process.argv.slice(2); // the names of gates; none: all
  for (const name of ["every_page", "weight", "shift", "reflow", "plain", "mirrored", "forced"])
    if (!wanted.length || wanted.includes(name)) (await import(`./gates/${name}.mjs`)).default(paper);
}

await run();
