/* What elements are made with, under names that nothing else has: the build puts it into every file. */

export { Fragment as JsxFragment, h as jsxElement } from "preact";
