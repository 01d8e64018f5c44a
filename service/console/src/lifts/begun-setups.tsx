/* Set-ups that are no lift's yet: whoever opens the page goes on with them. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { get } from "../api/client";
import type { SetupList } from "../api/types";
import { t } from "../i18n/text";
import { hrefOf } from "../route/route";

export function BegunSetups(): JSX.Element {
  const begun = useSignal<SetupList["items"]>([]);
  useEffect(() => {
    // Without it the page shows what it shows anyway; what it cannot read is not there to go on with.
    get<SetupList>("/setups").then(
      ({ items }) => {
        begun.value = items.filter(({ watched }) => !watched);
      },
      () => null,
    );
  }, [begun]);
  return (
    <>
      {begun.value.map(({ lift_id: id, name }) => (
        <a key={id} class="target new" href={hrefOf("lifts", id, "setup")}>
          {t("setup.begun", { name })}
        </a>
      ))}
    </>
  );
}
