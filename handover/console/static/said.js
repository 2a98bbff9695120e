// What the scripts say stands in the page, in the language of who reads it (handover.console.in_scripts).

/** @type {Record<string, string | [string, string]>} */
const SAID = JSON.parse(document.getElementById("said")?.textContent ?? "{}");
const counting = new Intl.PluralRules(document.documentElement.lang);

/** A sentence with its places filled in; of one that counts, the form for `count`.
 * @param {string} name @param {Record<string, string | number>} [fields] */
export function say(name, fields = {}) {
  const said = SAID[name] ?? "";
  const sentence = typeof said === "string" ? said : said[counting.select(Number(fields.count)) === "one" ? 0 : 1];
  return sentence.replace(/\{(\w+)\}/g, (place, field) => String(fields[field] ?? place));
}
