// How requests and replies travel, and what a client does when they do not.

import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";

import { ids } from "./checks.mjs";
import { GET_INCIDENTS, where } from "./xdr_client.mjs";

const HEALTHCHECK = "/public_api/v1/healthcheck";
const TENANT_INFO = "/public_api/v1/system/get_tenant_info";
const VALIDATE = "/api_keys/validate";
const EMPTY = '{"request_data": {}}';

export async function a_compressed_reply_holds_the_same_bytes(setup) {
  const expected = await setup.client("standard", { acceptGzip: false })
    .once("POST", GET_INCIDENTS, EMPTY);
  assert.equal(expected.headers["content-encoding"], undefined);
  assert.equal(Number(expected.headers["content-length"]), expected.body.length);
  const client = setup.client();
  const packed = await client.once("POST", GET_INCIDENTS, EMPTY);
  assert.equal(packed.headers["content-encoding"], "gzip");
  assert.ok(packed.body.equals(expected.body), "the same bytes");
  assert.equal(Number(packed.headers["content-length"]), packed.sentBytes);
  assert.ok(packed.sentBytes < packed.body.length / 4, String(packed.sentBytes));
  const headers = { "Accept-Encoding": "gzip;q=0, identity" };
  const plain = await client.once("POST", GET_INCIDENTS, EMPTY, { headers });
  assert.equal(plain.headers["content-encoding"], undefined);
  assert.ok(plain.body.equals(expected.body), "the same bytes when gzip is refused");
}

export async function request_bodies_come_compressed_chunked_or_announced(setup) {
  const client = setup.client();
  const data = { filters: [where("incident_id", "eq", "2002")] };
  const body = JSON.stringify({ request_data: data });
  const packed = { headers: { "Content-Encoding": "gzip" } };
  for (const [what, sent, options] of [
    ["compressed", gzipSync(body), packed],
    ["three chunks", [body.slice(0, 7), body.slice(7, 8), body.slice(8)], {}],
    ["one chunk", [body], {}],
    ["compressed, in chunks", [gzipSync(body)], packed],
    ["announced", body, { expect: true }],
  ]) {
    const reply = await client.once("POST", GET_INCIDENTS, sent, options);
    assert.equal(reply.status, 200, what);
    assert.deepEqual(ids(JSON.parse(reply.body).reply.incidents), ["2002"], what);
  }
}

export async function one_connection_serves_many_requests(setup) {
  const client = setup.client();
  for (let round = 0; round < 50; ++round) {
    await client.getIncidents({ search_to: 1 });
    await client.once("POST", "/public_api/v1/nothing", EMPTY);
    await client.once("POST", GET_INCIDENTS, EMPTY, { auth: {} });
  }
  assert.equal(client.sockets.size, 1, "expected the same connection");
}

export async function tls_works_with_the_right_authority_only(setup) {
  assert.ok(setup.url.startsWith("https://"), setup.url);
  const client = setup.client();
  assert.equal((await client.getIncidents({ search_to: 3 })).result_count, 3);
  assert.equal((await setup.client("advanced").getIncidents()).result_count, 100);
  assert.deepEqual(await client.call("GET", HEALTHCHECK), { status: "Healthy" });
  const stranger = setup.client("standard", { ca: undefined });
  await assert.rejects(stranger.getIncidents(), /self-signed|unable to verify/);
}

export async function a_client_that_tries_again_survives_every_broken_reply(setup) {
  const client = setup.client();
  const beginMs = await setup.mock.nowMs();
  assert.equal((await client.getIncidents()).total_count, 9);
  assert.equal(client.attempts, 6);
  assert.equal((await client.getIncidents()).total_count, 9);
  assert.equal(client.attempts, 12, "the tenth was reset before it was counted, and came again");
  const waitedS = ((await setup.mock.nowMs()) - beginMs) / 1000;
  assert.ok(waitedS >= 30, `Retry-After said 30 seconds, the client waited ${waitedS} in all`);
  for (const fault of (await setup.mock.call("faults")).faults.slice(0, 10))
    assert.equal(fault.fired, 1, JSON.stringify(fault));
}

export async function a_slow_reply_comes_when_the_clock_is_advanced(setup) {
  for (const seconds of [5, 5, 8]) { // a delay, slow headers, five pieces two seconds apart
    const client = setup.client();
    let reply;
    const asking = client.call("GET", HEALTHCHECK).then((found) => (reply = found));
    let waitedS = 0;
    while (reply === undefined) {
      await setup.mock.advance(1);
      waitedS += 1;
      await Promise.race([asking, delay(10)]);
    }
    assert.deepEqual(reply, { status: "Healthy" });
    assert.equal(client.attempts, 1);
    assert.ok(waitedS >= seconds, `it came after ${waitedS} of ${seconds} seconds`);
  }
}

export async function a_reply_that_never_comes_ends_at_the_clients_limit(setup) {
  const client = setup.client("standard", { timeoutMs: 300 });
  await assert.rejects(client.once("POST", TENANT_INFO, EMPTY), /timed out/);
  assert.deepEqual(await setup.client().call("POST", VALIDATE, {}), { reply: { valid: true } });
}

export async function a_client_that_waits_as_told_keeps_within_the_quota(setup) {
  const client = setup.client();
  const found = [];
  while (found.length < 75) {
    const page = await client.getIncidents({
      search_from: found.length,
      search_to: found.length + 10,
      sort: { field: "incident_id", keyword: "asc" },
    });
    found.push(...ids(page.incidents));
  }
  assert.deepEqual(found, Array.from({ length: 75 }, (_, index) => String(101 + index)));
  const refusals = client.attempts - 8;
  assert.ok(refusals >= 2, `eight requests at three a second, refused ${refusals} times`);
  let reply;
  do {
    reply = await client.once("POST", GET_INCIDENTS, '{"request_data": {"search_to": 1}}');
  } while (reply.status === 200);
  assert.deepEqual([reply.status, reply.headers["retry-after"]], [429, "1"]);
  const { err_msg, err_extra } = JSON.parse(reply.body).reply;
  assert.deepEqual([err_msg, err_extra], ["Rate limit exceeded", "Too many requests."]);
}
