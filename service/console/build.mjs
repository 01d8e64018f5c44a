/* Bundles src/ into built/: two pages, each with one script, a worker that shows what is pushed, and one style sheet. No inline code, no eval, no other host. */

import { cp, mkdir, rename, rm } from "node:fs/promises";
import { build } from "esbuild";

const NEW = "built.new"; // a service that runs meanwhile serves the old page whole, then the new one

await rm(NEW, { recursive: true, force: true });
await mkdir(NEW);
await build({
  entryPoints: {
    console: "src/console.tsx",
    docs: "src/docs.tsx",
    push: "src/outputs/worker.ts",
    style: "src/style/style.css",
  },
  outdir: NEW,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome107", "firefox104", "safari16"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "eof",
});
await cp("public", NEW, { recursive: true });
await rm("built", { recursive: true, force: true });
await rename(NEW, "built");
