/** The worker's text, as `vite.single.config.ts` builds it. */
declare module "virtual:worker" {
  const text: string;
  export default text;
}
