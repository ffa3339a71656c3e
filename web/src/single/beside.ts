/** The model beside the app, where everything is in one file: it is in there as well. */

import type { Choice } from "../page/address";
import { ofCard } from "../page/beside";
import { bytesOf } from "./base64";
import { takeBlock } from "./blocks";

let choice: Choice | undefined;

/** The model in the page, if there is one. */
export async function besideTheApp(): Promise<Choice | undefined> {
  const [card, model] = [takeBlock("card"), takeBlock("model")];
  if (card !== undefined && model !== undefined) {
    choice = ofCard(JSON.parse(card), (path) => ({ source: { files: [{ path, file: new File([bytesOf(model)], path) }] }, name: path }));
  }
  return choice;
}
