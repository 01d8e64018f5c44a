/* The API's reference, drawn from /openapi.json: no third-party viewer, so it works without the internet. */

import { render } from "preact";
import { get } from "./api/client";
import { language, t } from "./i18n/text";
import { colour } from "./preferences/theme";
import type { Description } from "./reference/description";
import { Calls, Prose } from "./reference/reference";
import { messageOf } from "./state/session";

/** The service makes the description when it is first asked for it: seconds of work, minutes on a busy machine. */
const MAKING_MS = 180_000;

colour();
document.documentElement.lang = language;

async function start(about: Element, calls: Element): Promise<void> {
  try {
    const found = await get<Description>("/openapi.json", MAKING_MS);
    about.replaceChildren();
    render(<Prose text={found.info.description ?? ""} />, about);
    render(<Calls description={found} />, calls);
  } catch (error) {
    about.textContent = t("reference.failed", { problem: messageOf(error) });
  }
}

const about = document.getElementById("about");
const calls = document.getElementById("calls");
if (about && calls) void start(about, calls);
