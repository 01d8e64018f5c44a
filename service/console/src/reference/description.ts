/* As much of OpenAPI 3.1 as the reference shows. */

export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

export type Contents = Record<string, { schema?: Schema }>;

export interface Operation {
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: { name: string; in: string; schema?: Schema; description?: string }[];
  requestBody?: { content?: Contents };
  responses?: Record<string, { description?: string; content?: Contents }>;
}

export interface Description {
  info: { description?: string };
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

export interface Call {
  path: string;
  method: string;
  operation: Operation;
}

const DEEPEST = 4;

/** The calls by their tag, in the description's order. */
export function grouped(description: Description): Map<string, Call[]> {
  const groups = new Map<string, Call[]>();
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? "other";
      groups.set(tag, [...(groups.get(tag) ?? []), { path, method, operation }]);
    }
  }
  return groups;
}

function resolved(description: Description, schema: Schema | undefined): Schema {
  const name = schema?.$ref?.split("/").at(-1);
  return (name === undefined ? schema : description.components?.schemas?.[name]) ?? {};
}

/** Write a schema as a person would: field: type, one per line. */
export function inWords(description: Description, schema: Schema | undefined, depth = 0): string {
  const known = resolved(description, schema);
  const options = known.anyOf ?? known.oneOf;
  if (options) return options.map((option) => inWords(description, option, depth)).join(" or ");
  if (known.enum) return known.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (known.const !== undefined) return JSON.stringify(known.const);
  if (known.type === "array") return `[${inWords(description, known.items, depth)}, …]`;
  if (known.properties && depth < DEEPEST) {
    const pad = "  ".repeat(depth + 1);
    const required = new Set(known.required ?? []);
    const lines = Object.entries(known.properties).map(
      ([name, part]) =>
        `${pad}${name}${required.has(name) ? "" : "?"}: ${inWords(description, part, depth + 1)}`,
    );
    return `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
  }
  return known.format ?? known.type ?? "any";
}
