/** What a trial of a model tells: tokens and kernels timed without text, as `reckon bench` does it in a terminal. */

/** Tokens that were decoded one after the other, greedily. */
export interface TimedDecode {
  /** Of every token, each time over. */
  readonly times: readonly (readonly TokenTime[])[];
  /** Most tokens that were on their way at the same time. */
  readonly tokens_in_flight: number;
  /** Of a token; 0 where the processor computes. */
  readonly dispatches: number;
  /** Bytes that a token in the middle reads, summed from what a GPU's dispatches bind. */
  readonly traffic?: { readonly weights_bytes: number; readonly kv_bytes: number };
}

/** What one token took. */
export interface TokenTime {
  /** From the token before to this one, chosen. */
  readonly ms: number;
  /** Until a GPU had its work, or that of a token ahead. */
  readonly encode_us?: number;
  /** From there until the token was back. */
  readonly await_us?: number;
}

/** What each kernel of a token takes on a GPU, beside a plain copy. */
export interface KernelTimes {
  /** By the GPU's own clock, else by the host's, over many dispatches. */
  readonly by_timestamps: boolean;
  /** Bytes that the copy reads and writes. */
  readonly copy_bytes: number;
  readonly copy_us: readonly number[];
  readonly kernels: readonly KernelTime[];
}

/** One kernel in one shape. */
export interface KernelTime {
  readonly kernel: string;
  /** What it is for. */
  readonly of: string;
  readonly shape: string;
  /** In a token. */
  readonly dispatches: number;
  /** Bytes of weights, or of keys and values, that these move. */
  readonly bytes: number;
  /** Microseconds of all of a token's dispatches, one a sample. */
  readonly us: readonly number[];
}
