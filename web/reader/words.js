// SPDX-License-Identifier: Apache-2.0
// Numbers and what is counted, in the words that the page brings along.

/** The number as the page writes numbers: by the browser's knowledge of the
 * language, or, where it has none (Georgian, in some), as the press wrote
 * 1234567.
 * @param {number} count @param {string} sample */
function digits(count, sample) {
  const lang = document.documentElement.lang;
  if (Intl.NumberFormat.supportedLocalesOf(lang).length) {
    const numberingSystem = /[\u0660-\u0669]/.test(sample) ? "arab" : "latn";
    return new Intl.NumberFormat(lang, { numberingSystem }).format(count);
  }
  return String(count).replace(/\B(?=(\d{3})+$)/g, sample.replace(/[0-9]/g, "")[0] ?? "");
}

/** The words of a number, of which data-words has the forms: "{count, plural,
 * one {# view} other {# views}}".
 * @param {DOMStringMap} data @param {number} count */
export function words({ words = "", sample = "" }, count) {
  const forms = new Map([...words.matchAll(/(=?\w+)\s*\{([^{}]*)\}/g)].map((m) => [m[1], m[2]]));
  const form = new Intl.PluralRules(document.documentElement.lang).select(count);
  return (forms.get(`=${count}`) ?? forms.get(form) ?? forms.get("other") ?? "").replace("#", digits(count, sample));
}
