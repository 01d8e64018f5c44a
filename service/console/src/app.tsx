/* The frame of every page: the line at the top and the alarms stay, whatever else is open. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Banners } from "./alarms/banners";
import { Header } from "./components/header";
import { t } from "./i18n/text";
import { isAlone, LiftPage, page } from "./pages";
import { Preferences } from "./preferences/preferences";
import { route } from "./route/route";
import { ProofDialog } from "./session/proof";
import { SignIn } from "./session/sign-in";
import { person, signedOut } from "./state/session";

export function App(): JSX.Element {
  const main = useRef<HTMLElement>(null);
  const before = useRef(route.value);
  const isSignedIn = person.value !== null;
  useEffect(() => {
    // A tile leads there at once, also where the connection was lost meanwhile.
    if (isSignedIn) LiftPage.fetch().catch(() => null);
  }, [isSignedIn]);
  useEffect(() => {
    // Another page begins at its beginning, for the keyboard and for screen readers.
    const isTaken = main.current?.contains(document.activeElement); // by a heading of the page's own
    if (before.current !== route.value && !isTaken) main.current?.focus();
    before.current = route.value;
  });
  if (isAlone(route.value)) return page(route.value);
  return (
    <>
      <Header />
      <ProofDialog />
      <main id="main" ref={main} tabIndex={-1}>
        {person.value ? (
          <div id="watch" data-page={route.value[0] ?? "overview"}>
            <Banners />
            {page(route.value)}
          </div>
        ) : (
          (signedOut.value === "unknown" || signedOut.value === "ended") && <SignIn />
        )}
      </main>
      <footer id="aid" class="note">
        <Preferences />
        {t("page.aid")}
      </footer>
    </>
  );
}
