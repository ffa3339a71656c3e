// An origin of its own: folders and pages, with headers as a test wants them; what was asked of it is kept.

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};
/** What lets pages of every origin read. */
export const READABLE = { "Access-Control-Allow-Origin": "*" };

/**
 * Opens a server on loopback. `folders` by the first part of their path, the longest path first where it is of several;
 * `pages` by their path; `headers` come with everything. Pages and headers may be changed while it runs.
 */
export async function openOrigin({ folders = {}, pages = {}, headers = {} } = {}) {
  const origin = { pages, headers, requests: [] };
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://here").pathname);
    origin.requests.push(path);
    Object.entries(origin.headers).forEach(([name, value]) => response.setHeader(name, value));
    if (Object.hasOwn(origin.pages, path)) {
      return response.writeHead(200, { "Content-Type": TYPES[".html"] }).end(origin.pages[path]);
    }
    const found = fileAt(folders, path);
    if (found === undefined) {
      return response.writeHead(404, { "Content-Type": "text/plain" }).end("not here");
    }
    serve(found, request.headers.range, response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin.url = `http://127.0.0.1:${server.address().port}`;
  origin.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return origin;
}

/** The file at a path; of a folder its index.html. */
function fileAt(folders, path) {
  const prefixes = Object.keys(folders).sort((one, other) => other.length - one.length);
  for (const prefix of prefixes.filter((prefix) => path.startsWith(prefix))) {
    const file = join(folders[prefix], path.slice(prefix.length), path.endsWith("/") ? "index.html" : "");
    if (existsSync(file) && statSync(file).isFile()) {
      return file;
    }
  }
  return undefined;
}

function serve(file, range, response) {
  const type = { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" };
  const size = statSync(file).size;
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  if (first === undefined) {
    response.writeHead(200, { ...type, "Content-Length": size, "Accept-Ranges": "bytes" });
    return createReadStream(file).pipe(response);
  }
  const [start, end] = [Number(first), Math.min(last ? Number(last) + 1 : size, size)];
  if (start >= end) {
    return response.writeHead(416, { "Content-Range": `bytes */${size}` }).end();
  }
  const length = { "Content-Length": end - start, "Content-Range": `bytes ${start}-${end - 1}/${size}` };
  response.writeHead(206, { ...type, ...length });
  createReadStream(file, { start, end: end - 1 }).pipe(response);
}
