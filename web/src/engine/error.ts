import type { Fault, FaultCode } from "./messages";

/** What went wrong, in words for the person who reads them, with a code to branch on. */
export class ReckonError extends Error {
  override readonly name = "ReckonError";
  readonly code: FaultCode;

  constructor({ code, message }: Fault) {
    super(message);
    this.code = code;
  }
}
