/** Colours for code. A module of its own, fetched with the first code that it can colour. */

import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import cpp from "highlight.js/lib/languages/cpp";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";

import type { Grammar } from "./languages";

Object.entries({ bash, cpp, javascript, json, python }).forEach(([name, grammar]) => hljs.registerLanguage(name, grammar));

/** Code as HTML: text, and spans with classes. */
export function highlighted(code: string, language: Grammar): string {
  return hljs.highlight(code, { language, ignoreIllegals: true }).value;
}
