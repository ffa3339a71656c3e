// The app as built, the golden models, and servers as they should not be.

import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const HOME = fileURLToPath(new URL("../../", import.meta.url));
const DIST = join(HOME, "web/dist");
/** Where `golden-models` wrote every case. */
export const GOLDEN = process.env.RECKON_GOLDEN ?? join(HOME, "target/golden-models");

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/**
 * Opens a server on loopback; `manner` is how `/golden/` is served, and may be changed while it runs. `folders` are
 * others to be served, by the first part of their path. All of it lies in the folder `under`, and nothing beside it; `app`
 * may be changed while it runs, as where another build is put there.
 */
export async function openSite({ models = join(HOME, ".models"), app: built = DIST, folders = {}, under = "/" } = {}) {
  const site = { manner: "ranges", requests: [], app: built };
  const server = createServer((request, response) => {
    const asked = decodeURIComponent(new URL(request.url, "http://here").pathname);
    const { app } = site;
    site.requests.push({ path: asked, range: request.headers.range, method: request.method });
    if (!asked.startsWith(under)) {
      return response.writeHead(404, { "Content-Type": "text/plain" }).end("not here");
    }
    const path = asked.slice(under.length - 1);
    if (path.startsWith("/golden/")) {
      return serveModel(site.manner, join(GOLDEN, path.slice("/golden/".length)), request, response);
    }
    if (path.startsWith("/moved/")) {
      return response.writeHead(302, { Location: `/golden/${path.slice("/moved/".length)}` }).end();
    }
    if (path.startsWith("/status/")) {
      return response.writeHead(Number(path.split("/")[2]), { "Content-Type": "text/plain" }).end("no");
    }
    if (path.startsWith("/app/")) {
      return response.writeHead(200, { "Content-Type": TYPES[".html"] }).end("<!doctype html><p>the front page</p>");
    }
    if (path.startsWith("/models/")) {
      const own = join(app, path);
      const file = existsSync(own) ? own : join(models, path.slice("/models/".length));
      return serveModel("ranges", file, request, response);
    }
    const [, first, ...rest] = path.split("/");
    if (Object.hasOwn(folders, first)) {
      return serveModel("ranges", join(folders[first], ...rest), request, response);
    }
    serveModel("ranges", join(app, path === "/" ? "index.html" : path), request, response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  site.url = `http://127.0.0.1:${server.address().port}${under.replace(/\/$/, "")}`;
  site.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return site;
}

function serveModel(manner, file, request, response) {
  if (!existsSync(file) || !statSync(file).isFile()) {
    return response.writeHead(404, { "Content-Type": "text/plain" }).end("not here");
  }
  const type = { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" };
  const size = statSync(file).size;
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  switch (manner) {
    case "gzip":
      return response.writeHead(200, { ...type, "Content-Encoding": "gzip" }).end(gzipSync(readFileSync(file)));
    case "whole":
      response.writeHead(200, { ...type, "Content-Length": size });
      return createReadStream(file).pipe(response);
    case "slow":
      return serveSlowly(file, size, Number(first ?? 0), type, response);
    case "other-origin": {
      // What a server of another site must say to be read at all; it does not show Content-Range.
      type["Access-Control-Allow-Origin"] = "*";
      break;
    }
  }
  if (first === undefined) {
    response.writeHead(200, { ...type, "Content-Length": size, "Accept-Ranges": "bytes" });
    return createReadStream(file).pipe(response);
  }
  const start = Number(first);
  const end = Math.min(last ? Number(last) + 1 : size, size);
  if (start >= end) {
    return response.writeHead(416, { "Content-Range": `bytes */${size}` }).end();
  }
  const headers = { ...type, "Content-Length": end - start, "Content-Range": `bytes ${start}-${end - 1}/${size}` };
  response.writeHead(206, headers);
  createReadStream(file, { start, end: end - 1 }).pipe(response);
}

/** So slowly that a visitor has time to stop it. */
function serveSlowly(file, size, start, type, response) {
  const bytes = readFileSync(file).subarray(start);
  response.writeHead(206, { ...type, "Content-Range": `bytes ${start}-${size - 1}/${size}` });
  let at = 0;
  const timer = setInterval(() => {
    if (at >= bytes.length || response.destroyed) {
      clearInterval(timer);
      response.end();
    } else {
      response.write(bytes.subarray(at, (at += 4096)));
    }
  }, 50);
}
