/** What can go wrong: a class for each kind, told apart by `name`, by `code` or by `instanceof`. */

import type { Fault, FaultCode } from "./messages";

/**
 * What went wrong, in words for the person who reads them, with a code to branch on.
 *
 * @group Errors
 */
export class ReckonError extends Error {
  override readonly name: string = "ReckonError";
  /** What kind of fault it is. */
  readonly code: FaultCode;

  /** @internal */
  constructor({ code, message }: Fault) {
    super(message);
    this.code = code;
  }
}

/**
 * The caller ended it, through a signal, through `abort()` of a stream, or by closing the engine.
 *
 * @group Errors
 */
export class AbortError extends ReckonError {
  override readonly name = "AbortError";

  /** @internal */
  constructor(message: string) {
    super({ code: "aborted", message });
  }
}

/**
 * A file is missing, unreachable or unreadable.
 *
 * @group Errors
 */
export class FilesError extends ReckonError {
  override readonly name = "FilesError";
}

/**
 * A hub keeps the model for those who have accepted its licence: it wants a token.
 *
 * @group Errors
 */
export class GatedError extends ReckonError {
  override readonly name = "GatedError";
}

/**
 * The file is no model, a broken one, or one of a kind that is not supported.
 *
 * @group Errors
 */
export class ModelError extends ReckonError {
  override readonly name = "ModelError";
}

/**
 * An option, a message or a prompt is out of range, not known, or not supported.
 *
 * @group Errors
 */
export class OptionsError extends ReckonError {
  override readonly name = "OptionsError";

  /** @internal */
  constructor(message: string) {
    super({ code: "options", message });
  }
}

/**
 * The prompt is longer than the context.
 *
 * @group Errors
 */
export class ContextError extends ReckonError {
  override readonly name = "ContextError";
}

/**
 * The GPU, its memory or its driver failed, or there is none.
 *
 * @group Errors
 */
export class GpuError extends ReckonError {
  override readonly name = "GpuError";
}

/**
 * The tab's memory does not hold what was asked.
 *
 * @group Errors
 */
export class MemoryError extends ReckonError {
  override readonly name = "MemoryError";
}

/**
 * The call does not fit what is going on.
 *
 * @group Errors
 */
export class StateError extends ReckonError {
  override readonly name = "StateError";
}

/**
 * The engine made a mistake; nothing of it works afterwards.
 *
 * @group Errors
 */
export class DefectError extends ReckonError {
  override readonly name = "DefectError";
}

const CLASSES = {
  files: FilesError,
  gated: GatedError,
  model: ModelError,
  context: ContextError,
  gpu: GpuError,
  memory: MemoryError,
  state: StateError,
  defect: DefectError,
};

/** The error of a fault that came through a message. */
export function ofFault(fault: Fault): ReckonError {
  const { code, message } = fault;
  switch (code) {
    case "aborted":
      return new AbortError(message);
    case "options":
      return new OptionsError(message);
    default:
      return new CLASSES[code](fault);
  }
}
