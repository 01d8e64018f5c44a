/*
 * Bundles src/ into built/: two pages, each with a script and the rooms that it loads when they are opened, a file per
 * language, a worker that shows what is pushed, and the style sheets. No inline code, no eval, no other host.
 */

import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const NEW = "built.new"; // a service that runs meanwhile serves the old page whole, then the new one

/** Names what the page was made of: a screen that nobody touches loads itself again when it is another. */
async function identity() {
  const hash = createHash("sha256");
  const within = (folder) => readdir(folder, { recursive: true, withFileTypes: true });
  const sources = [...(await within(".")), ...(await within("../words"))]
    .filter((file) => file.isFile())
    .map((file) => `${file.parentPath}/${file.name}`.replace(/^\.\//, ""))
    .filter((path) => /^(src|public)\/|^(package-lock\.json|build\.mjs)$|^\.\.\/words\/.*\.json$/.test(path));
  for (const path of sources.sort()) hash.update(path).update(await readFile(path));
  return hash.digest("hex").slice(0, 16);
}

/**
 * Write each sentence's key in a letter or two: half of what a catalogue costs beside its texts is their names. Keys
 * that the page puts together while it runs (`proof.says.${decision}`) keep theirs.
 */
async function withShortKeys() {
  const files = (await readdir("src", { recursive: true })).filter((name) => /\.tsx?$/.test(name));
  const all = (await Promise.all(files.map((name) => readFile(`src/${name}`, "utf8")))).join("\n");
  const sentences = (all.match(/Sentences(: \w+)? = \{$.*?^\};$/gms) ?? []).join("\n");
  const keys = new Set(sentences.match(/(?<=^ {2})"[\w.]+"(?=:)/gm));
  const made = all.match(/(?<=`)[\w.]+\.(?=\$\{)/g) ?? [];
  const whole = [...keys].filter((key) => !made.some((begin) => key.startsWith(`"${begin}`)));
  const short = new Map(whole.map((key, i) => [key, `"${letters(i)}"`]));
  return {
    name: "short-keys",
    setup: ({ onLoad }) =>
      onLoad({ filter: /[\\/]src[\\/].*\.tsx?$/ }, async ({ path }) => ({
        contents: (await readFile(path, "utf8")).replace(/"[\w.]+"/g, (text) => short.get(text) ?? text),
        loader: path.endsWith("x") ? "tsx" : "ts",
      })),
  };
}

/** A, B, … Z, AA, AB, …: names that need no quotes. */
function letters(number) {
  const last = String.fromCharCode(65 + (number % 26));
  return number < 26 ? last : letters(Math.floor(number / 26) - 1) + last;
}

const BUILD = await identity();
const shared = {
  outdir: NEW,
  bundle: true,
  charset: "utf8", // as it is served: escaped, French would be a tenth longer
  minify: true,
  format: "esm",
  target: ["es2022", "chrome107", "firefox104", "safari16"],
  legalComments: "eof",
  define: { BUILD: JSON.stringify(BUILD) },
};

await rm(NEW, { recursive: true, force: true });
await mkdir(NEW);
// All scripts lie in one folder: where the service is follows from where a script is (src/api/client.ts).
const pages = { console: "src/console.tsx", docs: "src/docs.tsx" };
await build({
  ...shared,
  entryPoints: pages,
  splitting: true,
  chunkNames: "[name]-[hash]",
  plugins: [await withShortKeys()],
  // Shorter than what the types are checked with, which names the children of each element.
  tsconfigRaw: {
    compilerOptions: { jsx: "react", jsxFactory: "jsxElement", jsxFragmentFactory: "JsxFragment" },
  },
  inject: ["src/jsx.ts"],
});
const alone = { push: "src/outputs/worker.ts", style: "src/style/style.css", light: "src/style/light.css" };
await build({ ...shared, entryPoints: alone });
await writeFile(`${NEW}/build.json`, JSON.stringify({ build: BUILD }));
await cp("public", NEW, { recursive: true });
await rm("built", { recursive: true, force: true });
await rename(NEW, "built");
