import type { Plugin } from "vite";

/** KaTeX names each font in three formats; every browser this page runs in reads the first. */
export const oneFontFormat: Plugin = {
  name: "one-font-format",
  enforce: "pre",
  transform: (code, id) =>
    /katex[\\/]dist[\\/]katex/.test(id) && /\.css/.test(id)
      ? code.replace(/,\s*url\([^)]*\)\s*format\("?(?:woff|truetype)"?\)/g, "")
      : undefined,
};
