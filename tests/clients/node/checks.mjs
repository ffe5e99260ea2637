// What the checks share. A check is an exported function that takes a Setup and throws if the mock
// does not behave. Its name is a sentence; clients_test.py has a test of the same name.

import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import { readFileSync } from "node:fs";

import { ApiError, Client } from "./xdr_client.mjs";

export const START_MS = 1704110400000; // of all scenarios here
export const MINUTE_MS = 60000;

/** What a test asks of the mock itself, beside the API: clock, verdict, journal. */
export class Mock {
  constructor(url, ca) {
    this.url = url;
    this.ca = ca;
  }

  /** GET, or POST where there is data. Throws for a refusal. */
  call(path, data) {
    const body = data === undefined ? "" : JSON.stringify(data);
    const library = this.url.startsWith("https:") ? https : http;
    const options = {
      method: data === undefined ? "GET" : "POST",
      ca: this.ca,
      agent: false,
      headers: { "Content-Length": Buffer.byteLength(body) },
    };
    return new Promise((resolve, reject) => {
      const request = library.request(`${this.url}/__mock/${path}`, options, async (reply) => {
        try {
          let text = "";
          for await (const part of reply.setEncoding("utf8")) text += part;
          if (reply.statusCode !== 200) throw new Error(`${path}: ${reply.statusCode} ${text}`);
          resolve(JSON.parse(text));
        } catch (error) {
          reject(error);
        }
      });
      request.on("error", reject);
      request.end(body);
    });
  }

  async nowMs() {
    return (await this.call("clock")).now_ms;
  }

  /** Lets virtual time pass: what a client under test gets for `sleep`. */
  advance(seconds) {
    return this.call("clock/advance", { by: `${Math.round(seconds * 1000)}ms` });
  }
}

/** What clients_test.py tells: where the mock is, the keys, a certificate. */
export class Setup {
  constructor(given) {
    this.url = given.url;
    this.keys = given.keys;
    this.ca = given.ca === null ? undefined : readFileSync(given.ca);
    this.mock = new Mock(this.url, this.ca);
    this.clients = [];
  }

  /** Its sleeping lets the mock's time pass, and takes none. */
  client(key = "standard", options = {}) {
    const sleep = (seconds) => this.mock.advance(seconds);
    const client = new Client(this.url, this.keys[key], { ca: this.ca, sleep, ...options });
    this.clients.push(client);
    return client;
  }

  close() {
    for (const client of this.clients) client.close();
  }
}

/** The error that the promise ends with. */
export async function refused(promise) {
  const found = await promise.then((value) => value, (error) => error);
  assert.ok(found instanceof ApiError, `expected a refusal, found ${JSON.stringify(found)}`);
  return found;
}

export function contains(text, part) {
  assert.ok(String(text).includes(part), `expected ${part} in ${text}`);
}

export const ids = (incidents) => incidents.map((incident) => incident.incident_id);
