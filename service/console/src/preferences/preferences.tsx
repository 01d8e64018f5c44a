/* At the foot of every page: its language, its colours, and which keys do what. */

import type { JSX } from "preact";
import { Button } from "../components/button";
import { Choice } from "../components/choice";
import { choose, chosen, languages } from "../i18n/language";
import { t } from "../i18n/text";
import { isShown, Shortcuts } from "./shortcuts";
import { setTheme, THEMES, theme } from "./theme";

export function Preferences(): JSX.Element {
  return (
    <section class="preferences" aria-label={t("preferences.title")}>
      <Choice
        id="language"
        label={t("preferences.language")}
        options={[["", t("preferences.byBrowser")], ...languages]}
        picked={chosen ?? ""}
        onPick={choose}
      />
      <Choice
        id="theme"
        label={t("preferences.theme")}
        options={THEMES.map((each) => [each, t(`preferences.as.${each}`)])}
        picked={theme.value}
        onPick={setTheme}
      />
      <Button
        id="shortcuts"
        class="quiet"
        onPress={() => {
          isShown.value = true;
        }}
      >
        {t("shortcuts.title")} (?)
      </Button>
      <Shortcuts />
    </section>
  );
}
