/**
 * The service worker: keeps one build of the app, whole, and answers from it. A new build is kept beside the old one and
 * takes over once no page of the old one is open, or when a visitor says so: a page never gets files of two builds.
 */

import { takesRelaxed } from "../engine/relaxed";

declare const self: ServiceWorkerGlobalScope;
/** What this build is known by; its page names it. `vite.offline.ts` puts it in, and what follows. */
declare const BUILD: string;
/** The build's files without its page, and their hashes as `integrity` takes them. */
declare const FILES: Readonly<Record<string, string>>;

const files = FILES;
const PAGE = "index.html";
/** What is said of the model beside the app. */
const CARD = "models/default.json";
/** A model whose name ends in its hash: one of another content has another name. */
const MODEL = /^models\/[^/]+-[0-9a-f]{8}\.gguf$/;
const ASSET = /^assets\//;
/** A page that says nothing for so long may be of any build. */
const SILENCE_MS = 5000;

const { scope } = self.registration;
const CACHES = `reckon ${scope} `;
const CACHE = CACHES + BUILD;

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data === "take over") {
    event.waitUntil(self.skipWaiting());
  } else if (event.data === "tidy") {
    event.waitUntil(tidy());
  }
});
self.addEventListener("fetch", (event) => {
  const file = asked(event.request);
  if (file !== undefined) {
    event.respondWith(answer(file, event));
  }
});

/** Where a file lies. Some hosts send whoever asks for the page by its name on to its folder. */
function address(file: string): string {
  return scope + (file === PAGE ? "" : file);
}

/** The file of the app that is asked for; nothing where it is none: such a request goes its way as if nobody listened. */
function asked({ method, mode, url }: Request): string | undefined {
  if (method !== "GET" || !url.startsWith(scope)) {
    return undefined;
  }
  const file = url.slice(scope.length).replace(/[?#].*$/, "");
  if (mode === "navigate") {
    return isPage(file) ? PAGE : undefined;
  }
  return Object.hasOwn(files, file) || file === CARD || ASSET.test(file) || MODEL.test(file) ? file : undefined;
}

function isPage(file: string): boolean {
  return file === "" || file === PAGE;
}

async function answer(file: string, event: FetchEvent): Promise<Response> {
  const kept = await find(file);
  if (file === CARD) {
    event.waitUntil(caches.open(CACHE).then(keepModel));
  }
  return kept ? part(kept, event.request.headers.get("Range")) : fetch(event.request);
}

/** What is kept of a file; of one that never changes, in any build: a page of an older one may still be open. */
async function find(file: string): Promise<Response | undefined> {
  const options = ASSET.test(file) || MODEL.test(file) ? {} : { cacheName: CACHE };
  return caches.match(address(file), { ignoreVary: true, ...options });
}

/** The stretch of a file that is asked for. */
async function part(kept: Response, range: string | null): Promise<Response> {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  if (first === undefined) {
    return kept;
  }
  const whole = await kept.blob();
  const start = Number(first);
  const end = Math.min(last ? Number(last) + 1 : whole.size, whole.size);
  const headers = new Headers(kept.headers);
  if (start >= end) {
    headers.set("Content-Range", `bytes */${whole.size}`);
    return new Response(null, { status: 416, headers });
  }
  headers.set("Content-Range", `bytes ${start}-${end - 1}/${whole.size}`);
  headers.set("Content-Length", String(end - start));
  return new Response(whole.slice(start, end), { status: 206, headers });
}

/** Keeps the build, one file after the other: whatever the visitor does meanwhile comes first. */
async function keep(): Promise<void> {
  const cache = await caches.open(CACHE);
  const other = otherModule();
  for (const [file, integrity] of Object.entries(files)) {
    if (file !== other) {
      await bring(cache, file, integrity);
    }
  }
  await bringPage(cache);
  await keepModel(cache);
}

/** The module that this browser does not fetch, where there are two. */
function otherModule(): string | undefined {
  const modules = Object.keys(files).filter((file) => file.endsWith(".wasm"));
  return modules.length < 2 ? undefined : modules.find((file) => file.includes("_relaxed_") !== takesRelaxed());
}

/** Keeps a file, unless it is kept already, by this build or by another. */
async function bring(cache: Cache, file: string, integrity = ""): Promise<void> {
  if (await cache.match(address(file), { ignoreVary: true })) {
    return;
  }
  const kept = ASSET.test(file) || MODEL.test(file) ? await find(file) : undefined;
  const response = kept ?? (await fetch(address(file), { cache: "no-cache", integrity }));
  if (!response.ok) {
    throw new Error(`${address(file)}: the server answers with status ${response.status}`);
  }
  await cache.put(address(file), response);
}

/** Keeps the page, if the server's is still the one of this build. */
async function bringPage(cache: Cache): Promise<void> {
  const response = await fetch(address(PAGE), { cache: "no-cache" });
  const text = await response.clone().text();
  if (!response.ok || !text.includes(BUILD)) {
    throw new Error(`${scope}: the server has the page of another build than ${BUILD}`);
  }
  // A browser refuses a page that came by a redirection; a copy says nothing of that.
  await cache.put(address(PAGE), new Response(response.body, { headers: response.headers }));
}

/** Keeps the model beside the app as its card says today: the weights first, so that what the card names is there. */
async function keepModel(cache: Cache): Promise<void> {
  try {
    const card = await fetch(address(CARD), { cache: "no-cache" });
    if (!card.ok) {
      await (card.status === 404 && cache.delete(address(CARD)));
      return;
    }
    const { file } = (await card.clone().json()) as { file?: unknown };
    const model = `models/${encodeURIComponent(String(file))}`;
    if (MODEL.test(model)) {
      await bring(cache, model);
    }
    await cache.put(address(CARD), card);
    const isLeft = ({ url }: Request) => MODEL.test(url.slice(scope.length)) && url !== address(model);
    await Promise.all((await cache.keys()).filter(isLeft).map((request) => cache.delete(request)));
  } catch {
    // There is no card, or no network: what is kept stays, and the next visit tries again.
  }
}

/** Deletes what is kept of builds that no open page is of. */
async function tidy(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith(CACHES) && name !== CACHE);
  // One that is not this build's may be that of the next.
  if (old.length === 0 || self.registration.installing || self.registration.waiting) {
    return;
  }
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const pages = windows.filter(({ url }) => url.startsWith(scope) && isPage(url.slice(scope.length).replace(/[?#].*$/, "")));
  const builds = await Promise.all(pages.map(buildOf));
  if (!builds.includes(undefined)) {
    await Promise.all(old.filter((name) => !builds.includes(name.slice(CACHES.length))).map((name) => caches.delete(name)));
  }
}

/** The build that a page is of, if it says so. */
function buildOf(page: Client): Promise<string | undefined> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(String(data));
    setTimeout(resolve, SILENCE_MS, undefined);
    page.postMessage("build", [port2]);
  });
}
