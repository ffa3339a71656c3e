/** Dawn for Node, as far as it is asked here. */
declare module "webgpu" {
  /** WebGPU's own classes, which a browser has among its globals. */
  export const globals: object;
  /** What a browser has as `navigator.gpu`. */
  export function create(options: readonly string[]): { readonly wgslLanguageFeatures: Iterable<string> };
}
