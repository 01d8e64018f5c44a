/* The API's reference, drawn from /openapi.json: no third-party viewer, so it works without the internet. */

import { get } from "./api.js";
import { byId, h, setText } from "./dom.js";

function resolve(spec, schema) {
  if (!schema?.$ref) return schema ?? {};
  return schema.$ref.split("/").slice(1).reduce((node, key) => node?.[key], spec) ?? {};
}

/** Write a schema as a person would: field: type, one per line. */
function describe(spec, schema, depth = 0) {
  const known = resolve(spec, schema);
  const options = known.anyOf ?? known.oneOf;
  if (options) return options.map((option) => describe(spec, option, depth)).join(" or ");
  if (known.enum) return known.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (known.const !== undefined) return JSON.stringify(known.const);
  if (known.type === "array") return `[${describe(spec, known.items, depth)}, …]`;
  if (known.properties && depth < 4) {
    const pad = "  ".repeat(depth + 1);
    const required = new Set(known.required ?? []);
    const lines = Object.entries(known.properties).map(
      ([name, part]) => `${pad}${name}${required.has(name) ? "" : "?"}: ${describe(spec, part, depth + 1)}`,
    );
    return `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
  }
  return known.format ?? known.type ?? "any";
}

/** Paragraphs of text with `code` in them. */
function prose(text) {
  return text.split("\n\n").filter(Boolean).map((paragraph) =>
    h("p", {}, paragraph.split("`").map((part, i) => (i % 2 ? h("code", {}, part) : part))));
}

function parameters(spec, operation) {
  const list = operation.parameters ?? [];
  if (!list.length) return [];
  return [
    h("h4", {}, "Parameters"),
    h("table", {}, h("tbody", {}, list.map((parameter) =>
      h("tr", {},
        h("td", {}, h("code", {}, parameter.name)),
        h("td", {}, `${parameter.in}: ${describe(spec, parameter.schema)}`),
        h("td", {}, parameter.description ?? ""))))),
  ];
}

function body(spec, operation) {
  return Object.entries(operation.requestBody?.content ?? {}).flatMap(([type, content]) => [
    h("h4", {}, `Body: ${type}`),
    h("pre", {}, describe(spec, content.schema)),
  ]);
}

function answers(spec, operation) {
  return Object.entries(operation.responses ?? {}).map(([status, answer]) => {
    const content = Object.values(answer.content ?? {})[0];
    const shape = status < "300" && content?.schema ? h("pre", {}, describe(spec, content.schema)) : null;
    return h("div", {}, h("code", {}, status), ` ${answer.description ?? ""}`, shape);
  });
}

async function start() {
  const spec = await get("/openapi.json");
  byId("about").replaceChildren(...prose(spec.info.description ?? ""));
  const groups = new Map();
  for (const [path, methods] of Object.entries(spec.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? "other";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push({ path, method, operation });
    }
  }
  for (const [tag, calls] of groups) {
    byId("calls").append(h("section", {}, h("h2", {}, tag), calls.map(({ path, method, operation }) =>
      h("article", {}, h("details", {},
        h("summary", {}, h("b", {}, method.toUpperCase()), h("code", {}, path), h("span", {}, operation.summary ?? "")),
        prose(operation.description ?? ""),
        parameters(spec, operation), body(spec, operation), h("h4", {}, "Answers"), answers(spec, operation))))));
  }
}

start().catch((error) => setText(byId("about"), `The description cannot be read: ${error.message}`));
