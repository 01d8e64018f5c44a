/* The operators' page. */

import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app";
import { language } from "./i18n/text";
import { colour } from "./preferences/theme";
import { route } from "./route/route";
import { matched } from "./route/table";
import { cutOff, title } from "./state/connection";
import { drawGently } from "./state/drawing";
import { start } from "./state/watch";

colour();
drawGently();
document.documentElement.lang = language;
effect(() => {
  document.title = title.value;
});
effect(() => {
  document.body.dataset.page = route.value[0] ?? "overview";
  document.body.dataset.route = matched(route.value)?.path ?? "none";
});
effect(() => {
  document.body.classList.toggle("not-connected", cutOff.value);
});
render(<App />, document.body);
void start();
