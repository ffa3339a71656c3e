// A hub as Hugging Face lays one out, gated by a token, its files on another server; and connections that fail.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

import { GOLDEN } from "./site.mjs";

export const REPO = "someone/tiny-model";
export const TOKEN = "hf_a-token-of-the-tests";
/** Bytes of a tensor that no model reads: it makes a file of many parts out of a tiny one. */
const PAD_BYTES = 40 << 20;
/** What a slow server sends at once. */
const TRICKLE_BYTES = 256 << 10;
/** What comes late before a silence, and how late: a page is told of bytes every 50 ms at most. */
const LATE_BYTES = 2 << 20;
const LATE_MS = 200;

/**
 * Opens both servers. `hub.asked` are requests of the hub, `hub.fetched` those of the server it sends to; what follows
 * says how that one serves, and may be changed while it runs. `hub.endedAt` is when it last sent a byte.
 */
export async function openHub() {
  const files = repository();
  const hub = { files, asked: [], fetched: [] };
  const store = await listen((request, response) => serve(hub, request, response));
  const front = await listen((request, response) => answer(hub, store.url, request, response));
  /** Everything works. */
  hub.mend = () => {
    const right = { token: TOKEN, hasRanges: true, etag: '"one"', cuts: [], stalls: [], silentFrom: Infinity, hold: undefined };
    Object.assign(hub, right, { fails: false, onCut: undefined, pause_ms: 0, asked: [], fetched: [], servedBytes: 0, running: 0, mostRunning: 0 });
  };
  hub.mend();
  hub.url = front.url;
  /** Where its files may be had without the hub. */
  hub.store = `${store.url}/`;
  hub.close = () => Promise.all([front.close(), store.close()]);
  return hub;
}

async function listen(serveOne) {
  const server = createServer(serveOne);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

/** A small GGUF, and a folder whose weights are of many parts. */
function repository() {
  const folder = join(GOLDEN, "tiny_text_folder");
  const read = (name) => readFileSync(join(folder, name));
  const files = new Map([["q/model.gguf", readFileSync(join(GOLDEN, "tiny_text/model.gguf"))]]);
  for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"]) {
    try {
      files.set(name, read(name));
    } catch {
      // Not every folder has it.
    }
  }
  files.set("model.safetensors", padded(read("model.safetensors")));
  for (const name of ["config.json", "model.safetensors"]) {
    files.set(`large/${name}`, readFileSync(join(GOLDEN, "20_mb", name)));
  }
  return files;
}

/** The same weights, the first of them before the pad and the others after it. */
function padded(bytes) {
  const length = Number(bytes.readBigUInt64LE());
  const tensors = JSON.parse(bytes.subarray(8, 8 + length).toString());
  const data = bytes.subarray(8 + length);
  const entries = Object.values(tensors).filter((tensor) => tensor.data_offsets);
  const at = Math.min(...entries.map((tensor) => tensor.data_offsets[1]));
  for (const tensor of entries.filter((tensor) => tensor.data_offsets[0] >= at)) {
    tensor.data_offsets = tensor.data_offsets.map((offset) => offset + PAD_BYTES);
  }
  tensors["vision_model.pad"] = { dtype: "F32", shape: [PAD_BYTES / 4], data_offsets: [at, at + PAD_BYTES] };
  const header = Buffer.from(JSON.stringify(tensors));
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([head, header, data.subarray(0, at), Buffer.alloc(PAD_BYTES, 7), data.subarray(at)]);
}

/** The hub: who is let in is sent on. */
function answer(hub, store, request, response) {
  const { authorization } = request.headers;
  hub.asked.push({ url: request.url, method: request.method, authorization });
  response.setHeader("Access-Control-Allow-Origin", "*");
  if (request.method === "OPTIONS") {
    return response.writeHead(204, { "Access-Control-Allow-Headers": "authorization, range" }).end();
  }
  const path = new URL(request.url, "http://here").pathname;
  const [, repo, name] = /^\/([^/]+\/[^/]+)\/resolve\/main\/(.+)$/.exec(path) ?? [];
  if (repo !== REPO || (hub.token !== undefined && authorization !== `Bearer ${hub.token}`)) {
    return response.writeHead(401, { "Content-Type": "text/plain" }).end("Access to this repository is restricted.");
  }
  response.writeHead(302, { Location: `${store}/${name}` }).end();
}

/**
 * The server of the files: cut at each of `cuts` once, silent from each of `stalls` on once and from `silentFrom` on always,
 * holding `hold` for ever.
 */
function serve(hub, request, response) {
  const name = decodeURIComponent(request.url.slice(1));
  const { range, authorization } = request.headers;
  hub.fetched.push({ name, range, authorization });
  const bytes = hub.files.get(name);
  response.setHeader("Access-Control-Allow-Origin", "*");
  response.setHeader("Access-Control-Expose-Headers", "Content-Range, ETag");
  if (!bytes || hub.fails) {
    return response.writeHead(hub.fails ? 503 : 404, { "Content-Type": "text/plain" }).end("no");
  }
  if (hub.hold === name) {
    return undefined;
  }
  const [, first, last] = (hub.hasRanges && /^bytes=(\d+)-(\d*)$/.exec(range ?? "")) || [];
  const start = Number(first ?? 0);
  const end = last ? Math.min(Number(last) + 1, bytes.length) : bytes.length;
  const headers = { "Content-Length": end - start, ETag: hub.etag };
  if (first !== undefined) {
    headers["Content-Range"] = `bytes ${start}-${end - 1}/${bytes.length}`;
  }
  response.writeHead(first === undefined ? 200 : 206, headers);
  hub.mostRunning = Math.max(hub.mostRunning, ++hub.running);
  response.on("close", () => {
    hub.running--;
    hub.endedAt = Date.now();
  });
  const due = (list) => {
    const index = name.endsWith(".safetensors") ? list.findIndex((at) => start < at && at < end) : -1;
    return index < 0 ? undefined : list.splice(index, 1)[0];
  };
  const [cut, stall] = [due(hub.cuts), due(hub.stalls)];
  const to = cut ?? stall ?? Math.max(start, Math.min(end, hub.silentFrom));
  hub.servedBytes += to - start;
  if (cut !== undefined) {
    hub.onCut?.();
    return response.write(bytes.subarray(start, to), () => setTimeout(() => request.socket.destroy(), 50));
  }
  if (hub.pause_ms > 0) {
    return trickle(bytes.subarray(start, to), hub.pause_ms, response);
  }
  return to === end ? response.end(bytes.subarray(start, to)) : fallSilent(bytes.subarray(start, to), response);
}

/** All of it, and no end. The last of it comes late: whoever is told of bytes now and then is told of nearly all. */
function fallSilent(bytes, response) {
  const late = Math.max(0, bytes.length - LATE_BYTES);
  response.write(bytes.subarray(0, late));
  setTimeout(() => response.destroyed || response.write(bytes.subarray(late)), LATE_MS);
}

/** So slowly that something can happen on the way. */
function trickle(bytes, pause_ms, response) {
  const next = (at) => {
    if (at >= bytes.length) {
      response.end();
    } else if (!response.destroyed) {
      response.write(bytes.subarray(at, at + TRICKLE_BYTES));
      setTimeout(next, pause_ms, at + TRICKLE_BYTES);
    }
  };
  next(0);
}
