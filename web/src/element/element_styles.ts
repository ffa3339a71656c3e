import { css, type CSSResult, unsafeCSS } from "lit";

/** The page's palette, light and dark; `--reckon-…` of the same name takes the place of each. */
const COLOURS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  paper: ["#fbfaf6", "#191a18"],
  raised: ["#fffefb", "#222320"],
  sunken: ["#f0ede5", "#111210"],
  ink: ["#1d1c1a", "#eae7df"],
  soft: ["#625e56", "#a29d92"],
  faint: ["#d9d4c8", "#3a3b35"],
  accent: ["#0f5c56", "#7ccabd"],
  "on-accent": ["#fbfaf6", "#0d211e"],
  warm: ["#9a5b00", "#e2b15e"],
  fault: ["#a3271d", "#ef8f83"],
};

function colours(choose: (light: string, dark: string) => string): CSSResult {
  const lines = Object.entries(COLOURS).map(([name, pair]) => `--${name}: var(--reckon-${name}, ${choose(...pair)});`);
  return unsafeCSS(lines.join("\n"));
}

/** The colours, after the page's own scheme unless the element names one; where a browser knows none, after the system's. */
const palette = css`
  :host([theme="light"]) {
    color-scheme: light;
  }
  :host([theme="dark"]) {
    color-scheme: dark;
  }
  .frame {
    ${colours((light, dark) => `light-dark(${light}, ${dark})`)}
  }
  @supports not (color: light-dark(red, red)) {
    .frame {
      ${colours((light) => light)}
    }
    :host([theme="dark"]) .frame {
      ${colours((_, dark) => dark)}
    }
    @media (prefers-color-scheme: dark) {
      :host(:not([theme="light"])) .frame {
        ${colours((_, dark) => dark)}
      }
    }
  }
`;

/** The element's frame. What a page inherits to it is set anew, but for its size of text. */
export const styles = css`
  ${palette}
  :host {
    display: block;
    margin-block: 1.5em;
  }
  :host([hidden]) {
    display: none;
  }
  .frame {
    --sans: var(--reckon-font, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", sans-serif);
    --serif: var(--reckon-answer-font, ui-serif, "Iowan Old Style", "Palatino Linotype", Charter, "Bitstream Charter", Cambria, Georgia, serif);
    --mono: var(--reckon-code-font, ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "Liberation Mono", monospace);
    --measure: 41rem;
    --margin: 5.2rem;
    --invitation-top: 0;
    position: relative;
    padding: 1.1rem 1.2rem 0.8rem;
    border: 1px solid var(--faint);
    border-radius: var(--reckon-radius, 14px);
    background: var(--paper);
    color: var(--ink);
    font: 1rem/1.55 var(--sans);
    letter-spacing: normal;
    word-spacing: normal;
    text-align: start;
    text-indent: 0;
    text-transform: none;
    white-space: normal;
  }
  ::slotted([slot="heading"]) {
    display: block;
    margin-block: 0 0.7rem;
  }
  .name {
    margin: 0 0 0.6rem;
    color: var(--accent);
    font: 600 1.05rem/1.3 var(--serif);
  }
  .turns {
    container-type: inline-size;
    margin-inline: -0.4rem;
    padding-inline: 0.4rem;
  }
  .turns[tabindex] {
    max-height: var(--reckon-height, 36rem);
    overflow-y: auto;
    overscroll-behavior: contain;
  }
  .turns:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
    border-radius: 6px;
  }
  reckon-turn:first-of-type {
    border-top: 0;
    padding-top: 0.3rem;
  }
  .load {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.6rem 0.9rem;
    margin-block: 1.1rem 0.2rem;
  }
  .load p,
  .note,
  .small,
  .waiting {
    margin: 0;
    color: var(--soft);
    font-size: 0.88rem;
    overflow-wrap: anywhere;
  }
  .waiting {
    margin-top: 0.9rem;
  }
  .note {
    margin-top: 0.7rem;
    padding-inline-start: 0.7rem;
    border-inline-start: 2px solid var(--faint);
  }
  .waiting b {
    color: var(--ink);
    font-weight: 600;
  }
  .fault {
    margin: 0 0 0.8rem;
    color: var(--fault);
    overflow-wrap: anywhere;
  }
  reckon-composer {
    display: block;
    margin-top: 0.9rem;
  }
  .small {
    margin-top: 0.55rem;
    font-size: 0.76rem;
  }
`;
