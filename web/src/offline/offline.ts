/** Keeps the app on this device where the browser lets it, and tells when a new version of it is ready. */

import "./update_notice";
import type { UpdateNotice } from "./update_notice";

/** The build this page is of; a page that is not built to be kept names none. */
const build = document.querySelector<HTMLMetaElement>('meta[name="reckon-build"]')?.content;

/** The browser's service workers; nothing where this page may have none: opened from a file, over http, or shut off in a frame. */
function serviceWorkers(): ServiceWorkerContainer | undefined {
  try {
    return navigator.serviceWorker;
  } catch {
    // In a sandboxed frame the very question is refused.
    return undefined;
  }
}

async function keep(workers: ServiceWorkerContainer): Promise<void> {
  const registration = await workers.register(new URL("service_worker.js", document.baseURI), { updateViaCache: "none" });
  const tell = (worker: ServiceWorker | null) => {
    // The first one is no news.
    if (worker?.state === "installed" && workers.controller) {
      document.querySelector<UpdateNotice>("reckon-update")?.tell(worker);
    }
  };
  tell(registration.waiting);
  registration.active?.postMessage("tidy");
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => tell(installing));
  });
}

const workers = serviceWorkers();
if (build !== undefined && workers) {
  workers.addEventListener("message", ({ ports: [port] }) => port?.postMessage(build));
  // A browser may keep nothing for this page; everything else works all the same.
  const begin = () => void keep(workers).catch(() => undefined);
  const whenIdle = () => (globalThis.requestIdleCallback ?? setTimeout)(begin);
  // A visitor may want nothing kept; else what the first question needs comes first, and the app is kept once its model is here.
  if (new URLSearchParams(location.search).get("keep") !== "no") {
    document.querySelector("reckon-app")?.addEventListener("model-ready", whenIdle, { once: true });
  }
}
