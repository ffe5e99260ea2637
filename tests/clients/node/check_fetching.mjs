// A fetch loop as an integration has it, against a world that moves, and the mock's verdict.

import assert from "node:assert/strict";

import { MINUTE_MS, contains } from "./checks.mjs";
import { where } from "./xdr_client.mjs";

const HOUR_MS = 60 * MINUTE_MS;

/** Asks every minute for what was created since its last good run, and `lookBackMs` more. */
class Fetcher {
  constructor(setup, lookBackMs) {
    this.mock = setup.mock;
    this.client = setup.client();
    this.lookBackMs = lookBackMs;
    this.lastRunMs = undefined;
    this.known = new Set();
  }

  /** Fetches once and reports what is new. A run that fails changes nothing. */
  async run() {
    const nowMs = await this.mock.nowMs();
    const first = this.lastRunMs === undefined;
    const beginMs = first ? nowMs - HOUR_MS : this.lastRunMs - this.lookBackMs;
    let rows;
    try {
      rows = await this.client.allIncidents([where("creation_time", "gte", beginMs)]);
    } catch {
      return;
    }
    const found = rows.map((row) => row.incident_id).filter((id) => !this.known.has(id));
    const fresh = [...new Set(found)];
    for (const id of fresh) this.known.add(id);
    this.lastRunMs = nowMs;
    if (fresh.length > 0) await this.mock.call("accepted", { incident_ids: fresh });
  }

  /** Runs until the scenario is over; the verdict. */
  async play() {
    for (let round = 0; round < 100; ++round) {
      await this.mock.advance(60);
      await this.run();
      if (!(await this.mock.call("verdict")).over) continue;
      await this.mock.call("done", {});
      return this.mock.call("verdict");
    }
    throw new Error("the scenario does not end");
  }
}

export async function a_fetch_loop_with_look_back_passes(setup) {
  const fetcher = new Fetcher(setup, 10 * MINUTE_MS);
  const verdict = await fetcher.play();
  assert.deepEqual([verdict.outcome, verdict.exit], ["pass", 0], verdict.reasons.join());
  assert.equal(fetcher.known.size, 129);
  assert.deepEqual([verdict.basis, verdict.counts.once], ["accepted", 129]);
  for (const fault of (await setup.mock.call("faults")).faults)
    assert.ok(fault.fired > 0, JSON.stringify(fault));
}

export async function a_fetch_loop_without_look_back_fails_and_is_told_why(setup) {
  const fetcher = new Fetcher(setup, 0);
  const verdict = await fetcher.play();
  const { outcome, exit, lost } = verdict;
  assert.deepEqual({ outcome, exit, lost }, { outcome: "fail", exit: 10, lost: ["2001"] });
  assert.ok(!fetcher.known.has("2001"));
  const told = await setup.mock.call("explain?incident=2001");
  contains(JSON.stringify(told), "before the window by");
  contains(JSON.stringify(told), "not indexed yet");
  assert.ok(told.smallest.look_back, JSON.stringify(told.smallest));
}
