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

const BUILD = await identity();
const shared = {
  outdir: NEW,
  bundle: true,
  charset: "utf8", // as it is served: escaped, French would be a tenth longer
  minify: true,
  format: "esm",
  target: ["es2022", "chrome107", "firefox104", "safari16"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "eof",
  define: { BUILD: JSON.stringify(BUILD) },
};

await rm(NEW, { recursive: true, force: true });
await mkdir(NEW);
// All scripts lie in one folder: where the service is follows from where a script is (src/api/client.ts).
const pages = { console: "src/console.tsx", docs: "src/docs.tsx" };
await build({ ...shared, entryPoints: pages, splitting: true, chunkNames: "[name]-[hash]" });
const alone = { push: "src/outputs/worker.ts", style: "src/style/style.css", light: "src/style/light.css" };
await build({ ...shared, entryPoints: alone });
await writeFile(`${NEW}/build.json`, JSON.stringify({ build: BUILD }));
await cp("public", NEW, { recursive: true });
await rm("built", { recursive: true, force: true });
await rename(NEW, "built");
