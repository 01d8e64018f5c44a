/* Signing in: by the one-time link (its key stands behind #, which no server ever sees) or by a token. */

import { get, post, ApiError } from "./api.js";
import { byId, h } from "./dom.js";

/** Return who is signed in, after trying the link's key; null when nobody is. */
export async function whoAmI() {
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  let problem = "";
  if (key) {
    // Out of the address bar, the history and any bookmark before anything else happens.
    history.replaceState(null, "", location.pathname);
    try {
      return { person: await post("/session", { key }), problem };
    } catch (error) {
      problem = error.message;
    }
  }
  try {
    return { person: await get("/session"), problem: "" };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0) throw error;
    return { person: null, problem };
  }
}

/** Show the form; calls signedIn(person) when a token was accepted. */
export function showSignIn(signedIn, problem = "") {
  const section = byId("sign-in");
  const message = h("p", { class: "problem", role: "alert" }, problem);
  const field = h("input", {
    id: "token", type: "password", name: "token", autocomplete: "current-password", required: true,
    spellcheck: "false", "aria-describedby": "token-help",
  });
  const form = h(
    "form",
    {
      onsubmit: async (event) => {
        event.preventDefault();
        message.textContent = "";
        try {
          const person = await post("/session", { token: field.value.trim() });
          section.hidden = true;
          signedIn(person);
        } catch (error) {
          message.textContent = error.message;
          field.select();
        }
      },
    },
    h("h2", { id: "sign-in-title" }, "Sign in"),
    h("label", { for: "token" }, "API token"),
    field,
    h("p", { id: "token-help", class: "note" }, "An admin makes one with “barwatch token create”."),
    h("button", { type: "submit" }, "Sign in"),
    message,
  );
  section.replaceChildren(form);
  section.hidden = false;
  byId("watch").hidden = true;
  field.focus();
}
