/* A camera's address taken apart: user and password never stay in it. */

export interface AddressParts {
  /** Without user and password. */
  url: string;
  host: string;
  user: string;
  password: string;
}

/** Take a typed or pasted address apart; null if it is none. */
export function takeApart(text: string): AddressParts | null {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return null;
  }
  if (!url.host && url.protocol !== "file:") return null;
  const user = decoded(url.username);
  const password = decoded(url.password);
  if (user || password) {
    url.username = "";
    url.password = "";
    return { url: url.href, host: url.hostname.replace(/^\[|\]$/g, ""), user, password };
  }
  return { url: text.trim(), host: url.hostname.replace(/^\[|\]$/g, ""), user, password };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const SECRET = /[?&;][^=&;]*(pass|pwd|psw|pw|token|secret|key|auth|sig|user|usr|login)[^=&;]*=/i;

/** What may be kept of a typed address: nothing of a user or a password; null if that cannot be told apart. */
export function keepable(text: string): string | null {
  const parts = takeApart(text);
  if (!parts || parts.url.includes("@")) return null;
  // Of "rtsp://admin:1234", typed so far, 1234 may be a password.
  if (/^[^/]*\/\/[^/]*:\d*$/.test(parts.url)) return null;
  const query = parts.url.indexOf("?");
  return SECRET.test(parts.url.replace("?", "?&")) && query >= 0 ? parts.url.slice(0, query) : parts.url;
}

/** A lift's id from its name: "Téléski Höhe 2" → "teleski-hohe-2"; empty if no letter or digit is left. */
export const idOf = (name: string): string =>
  name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 64);
