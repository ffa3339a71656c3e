/** Which model an element names. */

import { type Hub, ReckonError, type Source } from "../engine/reckon";
import { brought, type Choice, hubPage } from "../page/address";
import { besideTheApp } from "../page/beside";
import { bytes } from "../page/quantities";

/** The model that is shipped beside the script. */
export const EMBEDDED = "reckon-mini";

/** What `model` names: the one beside the script at `script`, an address relative to the page, or `owner/name` of a hub. */
export async function namedModel(model: string, script: URL): Promise<Choice> {
  const choice = model === EMBEDDED ? await besideTheApp(script) : typed(model);
  if (choice === undefined) {
    const place = new URL("models/default.json", script);
    throw new ReckonError({ code: "files", message: `there is no model beside the script: ${place.href} cannot be read, or names none` });
  }
  return choice;
}

function typed(model: string): Choice | undefined {
  try {
    return brought(model, new URL(document.baseURI));
  } catch {
    const expected = `"${EMBEDDED}", an address, or owner/name of a hub`;
    throw new ReckonError({ code: "options", message: `model: ${JSON.stringify(model)} is no address; expected ${expected}` });
  }
}

/** What a reader is told before anything of the model is fetched. */
export function takes({ source, card }: Choice): string {
  const size = card?.size_bytes;
  if (size !== undefined) {
    return `The first question loads the model, ${bytes(size)}, and the engine that runs it.`;
  }
  return `The first question loads the model from ${host(source)}; what it takes is told before that.`;
}

function host(source: Source): string {
  const address = "hub" in source ? hubPage(source.hub as Hub) : new URL("url" in source ? source.url : document.baseURI);
  return address.host;
}
