/* The reference of the API: every call with its parameters, body and answers. */

import type { JSX } from "preact";
import { t } from "../i18n/text";
import { type Call, type Description, grouped, inWords } from "./description";

/** Paragraphs of text with `code` in them. */
export function Prose({ text }: { text: string }): JSX.Element {
  const paragraphs = text.split("\n\n").filter(Boolean);
  return (
    <>
      {paragraphs.map((paragraph) => (
        <p key={paragraph}>
          {paragraph.split("`").map((part, i) => (i % 2 ? <code key={part}>{part}</code> : part))}
        </p>
      ))}
    </>
  );
}

export function Calls({ description }: { description: Description }): JSX.Element {
  return (
    <>
      {[...grouped(description)].map(([tag, calls]) => (
        <section key={tag}>
          <h2>{tag}</h2>
          {calls.map((call) => (
            <OneCall key={`${call.method} ${call.path}`} call={call} description={description} />
          ))}
        </section>
      ))}
    </>
  );
}

interface CallProps {
  call: Call;
  description: Description;
}

function OneCall({ call, description }: CallProps): JSX.Element {
  const { method, path, operation } = call;
  return (
    <article>
      <details>
        <summary>
          <b>{method.toUpperCase()}</b>
          <code>{path}</code>
          <span>{operation.summary}</span>
        </summary>
        <Prose text={operation.description ?? ""} />
        <ParametersOf call={call} description={description} />
        {Object.entries(operation.requestBody?.content ?? {}).map(([type, content]) => (
          <section key={type}>
            <h3>{t("reference.body", { type })}</h3>
            <pre>{inWords(description, content.schema)}</pre>
          </section>
        ))}
        <h3>{t("reference.answers")}</h3>
        <Answers call={call} description={description} />
      </details>
    </article>
  );
}

function ParametersOf({ call, description }: CallProps): JSX.Element | null {
  const parameters = call.operation.parameters ?? [];
  if (!parameters.length) return null;
  return (
    <>
      <h3>{t("reference.parameters")}</h3>
      <table>
        <tbody>
          {parameters.map((parameter) => (
            <tr key={parameter.name}>
              <td>
                <code>{parameter.name}</code>
              </td>
              <td>
                {parameter.in}: {inWords(description, parameter.schema)}
              </td>
              <td>{parameter.description}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Answers({ call, description }: CallProps): JSX.Element {
  return (
    <>
      {Object.entries(call.operation.responses ?? {}).map(([status, answer]) => {
        const content = Object.values(answer.content ?? {})[0];
        const isGood = status < "300";
        return (
          <div key={status}>
            <code>{status}</code> {answer.description}
            {isGood && content?.schema && <pre>{inWords(description, content.schema)}</pre>}
          </div>
        );
      })}
    </>
  );
}
