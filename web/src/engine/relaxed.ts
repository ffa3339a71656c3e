/** Whether this browser has relaxed SIMD. */

/**
 * The smallest module with a relaxed instruction:
 * `(func (result v128) (i8x16.relaxed_swizzle (i8x16.splat (i32.const 1)) (i8x16.splat (i32.const 2))))`.
 */
// prettier-ignore
const RELAXED = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // "\0asm", version 1
  0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, // types: () -> v128
  0x03, 0x02, 0x01, 0x00, // functions: one, of type 0
  0x0a, 0x0f, 0x01, 0x0d, 0x00, // code: one body of 13 bytes, no locals
  0x41, 0x01, 0xfd, 0x0f, // i32.const 1, i8x16.splat
  0x41, 0x02, 0xfd, 0x0f, // i32.const 2, i8x16.splat
  0xfd, 0x80, 0x02, 0x0b, // i8x16.relaxed_swizzle, end
]);

/** Whether a module with relaxed SIMD runs here. */
export function takesRelaxed(): boolean {
  return WebAssembly.validate(RELAXED);
}
