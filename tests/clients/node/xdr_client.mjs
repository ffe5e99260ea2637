// A client of the Cortex XDR incidents API, with nothing but Node's own modules.
//
// It shares nothing with the programs under test: it is what a developer elsewhere would write.

import { createHash, randomBytes } from "node:crypto";
import http from "node:http";
import https from "node:https";
import { gunzipSync } from "node:zlib";

export const INCIDENTS = "/public_api/v1/incidents/";
export const GET_INCIDENTS = INCIDENTS + "get_incidents";
const PAGE = 100;
const ATTEMPTS = 6;
const BUSY = [429, 502, 503, 504]; // worth another try; a 500 is the API's way to refuse a request

/** The API refused the request. */
export class ApiError extends Error {
  constructor(reply) {
    super(`status ${reply.status}: ${reply.body.subarray(0, 300)}`);
    this.status = reply.status;
    this.errMsg = this.errExtra = undefined;
    try {
      const parsed = JSON.parse(reply.body);
      const error = parsed.reply ?? parsed; // the flat form has no wrapper
      this.errMsg = error.err_msg;
      this.errExtra = error.err_extra;
    } catch {
      // plain text, or HTML of something in between
    }
  }
}

export const where = (field, operator, value) => ({ field, operator, value });

export class Client {
  /**
   * `sleep` is called with seconds before each new attempt; `key` is {id, key, level}. Keeps one
   * connection.
   */
  constructor(url, key, { ca, sleep, timeoutMs = 30000, acceptGzip = true } = {}) {
    this.url = new URL(url);
    this.key = key;
    this.sleep = sleep;
    this.timeoutMs = timeoutMs;
    this.encodings = acceptGzip ? "gzip" : "identity";
    this.http = this.url.protocol === "https:" ? https : http;
    this.agent = new this.http.Agent({ keepAlive: true, maxSockets: 1, ca });
    this.attempts = 0; // of all calls together
    this.sockets = new Set(); // that were ever used
  }

  close() {
    this.agent.destroy();
  }

  authHeaders() {
    if (this.key.level === "standard")
      return { Authorization: this.key.key, "x-xdr-auth-id": this.key.id };
    return this.advancedHeaders(randomBytes(32).toString("hex"), String(Date.now()));
  }

  advancedHeaders(nonce, timestamp) {
    const hash = createHash("sha256").update(this.key.key + nonce + timestamp).digest("hex");
    return {
      Authorization: hash,
      "x-xdr-auth-id": this.key.id,
      "x-xdr-nonce": nonce,
      "x-xdr-timestamp": timestamp,
    };
  }

  /**
   * One request and its reply, whatever its status. `body` is text, a Buffer, or an array of pieces
   * to send in chunks; with `expect` it waits for 100 Continue. Throws for a reply that is broken.
   */
  once(method, path, body = "", { headers = {}, auth = this.authHeaders(), expect = false } = {}) {
    this.attempts += 1;
    const pieces = Array.isArray(body) ? body : [body];
    const given = {
      "Accept-Encoding": this.encodings,
      "Content-Type": "application/json",
      ...auth,
      ...headers,
    };
    if (!Array.isArray(body)) given["Content-Length"] = Buffer.byteLength(body);
    if (expect) given.Expect = "100-continue";
    return new Promise((resolve, reject) => {
      const request = this.http.request(new URL(path, this.url), {
        method, headers: given, agent: this.agent, timeout: this.timeoutMs,
      });
      const send = () => {
        for (const piece of pieces) request.write(piece);
        request.end();
      };
      request.on("error", reject);
      request.on("timeout", () => request.destroy(new Error("timed out")));
      request.on("socket", (socket) => this.sockets.add(socket));
      request.on("response", (reply) => this.#read(reply).then(resolve, reject));
      if (!expect) return send();
      request.on("continue", send);
      request.flushHeaders();
    });
  }

  async #read(reply) {
    const parts = [];
    for await (const part of reply) parts.push(part);
    let body = Buffer.concat(parts);
    const sentBytes = body.length;
    if (reply.headers["content-encoding"] === "gzip") body = gunzipSync(body);
    return { status: reply.statusCode, headers: reply.headers, body, sentBytes };
  }

  /** The JSON of a successful reply; tries again where that can help. */
  async call(method, path, data) {
    const body = data === undefined ? "" : JSON.stringify({ request_data: data });
    for (let attempt = 1; ; ++attempt) {
      let waitS = 2 ** (attempt - 1);
      let problem;
      try {
        const reply = await this.once(method, path, body);
        if (reply.status === 200) {
          const parsed = JSON.parse(reply.body);
          if (parsed.reply?.err_code === undefined) return parsed;
        }
        problem = new ApiError(reply);
        if (reply.status !== 200 && !BUSY.includes(reply.status)) attempt = ATTEMPTS;
        waitS = Number(reply.headers["retry-after"] ?? waitS);
      } catch (error) {
        problem = error;
        if (/CERT|SELF_SIGNED|ISSUER/.test(error.code)) attempt = ATTEMPTS;
      }
      if (attempt >= ATTEMPTS) throw problem;
      await this.sleep(waitS);
    }
  }

  async post(path, data) {
    return (await this.call("POST", path, data)).reply;
  }

  getIncidents(data = {}) {
    return this.post(GET_INCIDENTS, data);
  }

  /** Every incident that matches, oldest first, page after page until one is empty. */
  async allIncidents(filters, field = "creation_time") {
    const found = [];
    for (;;) {
      const { incidents } = await this.getIncidents({
        filters,
        search_from: found.length,
        search_to: found.length + PAGE,
        sort: { field, keyword: "asc" },
      });
      if (incidents.length === 0) return found;
      found.push(...incidents);
    }
  }
}
