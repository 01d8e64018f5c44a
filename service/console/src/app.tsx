/* The frame of every page: the line at the top and the alarms stay, whatever else is open. */

import type { JSX } from "preact";
import { Banners } from "./alarms/banners";
import { Header } from "./components/header";
import { page } from "./pages";
import { route } from "./route/route";
import { SignIn } from "./session/sign-in";
import { person, signedOut } from "./state/session";

export function App(): JSX.Element {
  return (
    <>
      <Header />
      <main id="main">
        {person.value ? (
          <div id="watch">
            <Banners />
            {page(route.value)}
          </div>
        ) : (
          (signedOut.value === "unknown" || signedOut.value === "ended") && <SignIn />
        )}
      </main>
    </>
  );
}
