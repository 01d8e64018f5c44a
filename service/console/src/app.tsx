/* The frame of every page: the line at the top and the alarms stay, whatever else is open. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Banners } from "./alarms/banners";
import { Header } from "./components/header";
import { useBeginning } from "./forms/focus";
import { t } from "./i18n/text";
import { isAlone, LiftPage, page } from "./pages";
import { Preferences } from "./preferences/preferences";
import { route } from "./route/route";
import { ProofDialog } from "./session/proof";
import { SignIn } from "./session/sign-in";
import { person, signedOut } from "./state/session";

export function App(): JSX.Element {
  const main = useRef<HTMLElement>(null);
  const at = route.value;
  useBeginning(main, at);
  const isSignedIn = person.value !== null;
  useEffect(() => {
    // A tile leads there at once, also where the connection was lost meanwhile.
    if (isSignedIn) LiftPage.fetch().catch(() => null);
  }, [isSignedIn]);
  if (isAlone(at)) return page(at);
  return (
    <>
      <Header />
      <ProofDialog />
      <main id="main" ref={main} tabIndex={-1}>
        {person.value ? (
          <div id="watch" data-page={at[0] ?? "overview"}>
            <Banners />
            {page(at)}
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
