/* Whether each language has what English has: node languages.mjs. It names what is missing, what is too much, what has
   lost a {place}, what nobody has translated, and what is spoken otherwise than it is shown; the compiler cannot see all
   of it where keys are open. */

import { readdir } from "node:fs/promises";
import { build } from "esbuild";

const FOLDER = "src/i18n";
/** Names and units are alike in all languages; so much text is not. */
const PLAIN_WORDS = 3;

async function catalogueOf(language) {
  const entryPoints = [`${FOLDER}/${language}/index.ts`];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: "esm", write: false });
  const module = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
  );
  return new Map(flat(Object.values(module).find((each) => each.sentences)));
}

/** Each text with its path. A sentence's plural forms are one text: languages have other forms. */
function* flat(node, path = []) {
  if (typeof node === "string") yield [path.join(" "), node];
  else if (typeof node.other === "string" && path[0] === "sentences") {
    yield [path.join(" "), node.other];
    for (const [form, text] of Object.entries(node)) if (!text) yield [[...path, form].join(" "), ""];
  } else if (Array.isArray(node)) yield [path.join(" "), node.join(" ")];
  else for (const [name, part] of Object.entries(node)) yield* flat(part, [...path, name]);
}

const placesOf = (text) => [...new Set(text.match(/\{\w+(:\w+)?\}/g))].sort().join(" ");
const isProse = (text) =>
  text
    .replace(/\{.*?\}/g, "")
    .split(/\s+/)
    .filter((word) => /^[a-z]{2,}/.test(word)).length >= PLAIN_WORDS;

const languages = (await readdir(FOLDER, { withFileTypes: true })).filter((each) => each.isDirectory());
const english = await catalogueOf("en");
const findings = [];
for (const { name } of languages) {
  const catalogue = name === "en" ? english : await catalogueOf(name);
  for (const [key, text] of english) {
    const theirs = catalogue.get(key);
    if (!theirs) findings.push(`${name}: ${key}: missing (English: ${text})`);
    else if (placesOf(theirs) !== placesOf(text))
      findings.push(`${name}: ${key}: other places than ${placesOf(text)}: ${theirs}`);
    else if (name !== "en" && theirs === text && isProse(text))
      findings.push(`${name}: ${key}: still English: ${text}`);
  }
  for (const [key, text] of catalogue) {
    // Whoever speaks to the machine says what they see: what is spoken must hold it.
    const seen = key.endsWith("Label") ? catalogue.get(key.slice(0, -"Label".length)) : undefined;
    if (seen && !placesOf(seen) && !text.toLowerCase().includes(seen.toLowerCase()))
      findings.push(`${name}: ${key}: spoken otherwise than shown (${seen}): ${text}`);
  }
  for (const key of catalogue.keys())
    if (!english.has(key)) findings.push(`${name}: ${key}: English has none`);
}
if (findings.length) {
  process.stderr.write(`${findings.join("\n")}\n`);
  process.exitCode = 1;
}
