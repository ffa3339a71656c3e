/** How an element's questions are answered. */

import { ReckonError } from "../engine/reckon";
import type { Answering, Choice } from "../page/address";
import { isOfFamily } from "../presets/family";
import { PAPER_SAMPLING, preset, PRESETS } from "../presets/presets";

/** What an element's attributes say of it. */
export interface Asked {
  readonly system: string | null;
  readonly preset: string | null;
  readonly maxThinking: number | null;
}

/** As the attributes say, else as the preset, else as the model's card or its authors. */
export function answering({ system, preset: name, maxThinking }: Asked, { card, name: model }: Choice): Answering {
  const subject = name === null ? undefined : preset(name);
  if (name !== null && subject === undefined) {
    const known = PRESETS.map((preset) => preset.name).join(", ");
    throw new ReckonError({ code: "options", message: `preset: there is none called ${JSON.stringify(name)}; there are ${known}` });
  }
  const recommended = card?.sampling ?? (isOfFamily(model) ? PAPER_SAMPLING : {});
  return {
    sampling: { ...recommended, ...subject?.sampling },
    maxTokens: card?.maxTokens,
    maxThinking: maxThinking ?? undefined,
    system: system ?? subject?.system,
  };
}
