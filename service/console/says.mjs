/* What the page says of alarms, without a browser: node says.mjs LANGUAGE ZONE < alarms.json. A test compares it with what
   the service says of the same alarms by mail. */

import { text } from "node:stream/consumers";
import { build } from "esbuild";

const [language, timeZone] = process.argv.slice(2);
const nothing = () => null;
globalThis.document = { documentElement: { dataset: { timeZone } }, addEventListener: nothing };
Object.defineProperty(globalThis, "navigator", { value: { languages: [language] } });
Object.assign(globalThis, { window: globalThis, addEventListener: nothing });
Object.assign(globalThis, {
  localStorage: { getItem: nothing },
  location: { hash: "", href: "http://page/" },
});
const bundled = { bundle: true, format: "esm", write: false, define: { BUILD: '""' }, jsx: "automatic" };
const { outputFiles } = await build({
  ...bundled,
  jsxImportSource: "preact",
  entryPoints: ["src/alarms/naming.ts"],
});
const encoded = Buffer.from(outputFiles[0].contents).toString("base64");
const { messageOf } = await import(`data:text/javascript;base64,${encoded}`);
const said = JSON.parse(await text(process.stdin)).map(messageOf);
process.stdout.write(JSON.stringify(said), () => process.exit()); // the page's clocks would go on
