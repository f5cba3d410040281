// SPDX-License-Identifier: Apache-2.0
// Whether documents are what their specifications say, asked of validators that
// are not ours: xmllint with schemas written from the specifications
// (tests/schemas/), python3-jsonschema, a JSON-LD processor, Python's HTML parser.
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { root } from "./site.mjs";

const schemas = path.join(root, "tests/schemas");

/**
 * Complaints about XML documents, "" when there are none.
 * @param {string} schema  "atom": tests/schemas/atom.rng
 * @param {string} folder  for files, made when it is not there
 * @param {Record<string, string | Buffer>} documents  by name
 */
export function complaintsOfXml(schema, folder, documents) {
  fs.mkdirSync(folder, { recursive: true });
  const files = Object.entries(documents).map(([name, text]) => {
    const file = path.join(folder, `${name.replace(/[^A-Za-z0-9.-]+/g, "_")}.xml`);
    fs.writeFileSync(file, text);
    return file;
  });
  const { status, stderr, error } = spawnSync(
    "xmllint",
    ["--noout", "--nonet", "--relaxng", path.join(schemas, `${schema}.rng`), ...files],
    { encoding: "utf8", maxBuffer: 64 << 20 },
  );
  if (error) throw error;
  const complaints = stderr.split("\n").filter((line) => line && !line.endsWith(" validates"));
  return status === 0 ? "" : complaints.join("\n") || `xmllint ended with ${status}`;
}

const JSON_CHECK = `
import json, sys, jsonschema
validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
for name, item in json.load(sys.stdin).items():
    for error in validator.iter_errors(item):
        print(f"{name}: {list(error.path)}: {error.message[:300]}")`;

/**
 * Complaints about JSON values, "" when there are none.
 * @param {string} schema  a file
 * @param {Record<string, unknown>} values  by name
 */
export function complaintsOfJson(schema, values) {
  return execFileSync("/usr/bin/python3", ["-c", JSON_CHECK, schema], {
    encoding: "utf8",
    input: JSON.stringify(values),
    maxBuffer: 64 << 20,
  }).trim();
}

export const jsonFeedSchema = path.join(schemas, "json-feed.json");

const HTML_HEADS = `
import json, sys
from html.parser import HTMLParser
class Head(HTMLParser):
    def __init__(self):
        super().__init__()
        self.metas, self.links, self.data, self.scripts, self.inside = [], [], [], 0, None
    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "meta": self.metas.append([attributes.get("property") or attributes.get("name"), attributes.get("content")])
        if tag == "link": self.links.append(attributes)
        if tag == "script":
            self.scripts += 1
            self.inside = [] if attributes.get("type") == "application/ld+json" else None
    def handle_data(self, text):
        if self.inside is not None: self.inside.append(text)
    def handle_endtag(self, tag):
        if tag == "script" and self.inside is not None:
            self.data.append("".join(self.inside))
            self.inside = None
pages = {}
for name, text in json.load(sys.stdin).items():
    head = Head()
    head.feed(text)
    pages[name] = dict(metas=head.metas, links=head.links, data=head.data, scripts=head.scripts)
print(json.dumps(pages))`;

/** @typedef {{ metas: [string, string][], links: Record<string, string>[], data: string[], scripts: number }} Head */

/**
 * What HTML pages say to programs.
 * @param {Record<string, string>} pages  by name
 * @returns {Record<string, Head>}
 */
export function headsOf(pages) {
  const text = execFileSync("/usr/bin/python3", ["-c", HTML_HEADS], {
    encoding: "utf8",
    input: JSON.stringify(pages),
    maxBuffer: 256 << 20,
  });
  return JSON.parse(text);
}

/**
 * JSON-LD read by a processor, its context from tests/schemas/schema-org.json:
 * a term that is not in there is an error.
 * @param {unknown} document
 * @returns {Promise<any[]>} the nodes, expanded
 */
export async function expandLinkedData(document) {
  const { default: jsonld } = await import("jsonld");
  const context = JSON.parse(fs.readFileSync(path.join(schemas, "schema-org.json"), "utf8"));
  const documentLoader = async (/** @type {string} */ url) => {
    if (url !== "https://schema.org") throw new Error(`the context ${url} is not known here`);
    return { contextUrl: null, document: context, documentUrl: url };
  };
  return jsonld.expand(/** @type {any} */ (document), { documentLoader, safe: true, base: "" });
}
