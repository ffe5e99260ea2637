// Runs one check of the Node client against a mock that is already there.
//
// usage: node check.mjs --list | node check.mjs NAME <SETUP
//
// SETUP is a JSON object: {"url", "ca": a file or null, "keys": {name: {"id", "key", "level"}}}.
// Exit code 0 if the mock behaves.

import { readFileSync } from "node:fs";

import * as endpoints from "./check_endpoints.mjs";
import * as fetching from "./check_fetching.mjs";
import * as queries from "./check_queries.mjs";
import * as transport from "./check_transport.mjs";
import { Setup } from "./checks.mjs";

const registry = { ...endpoints, ...queries, ...transport, ...fetching };
const [name] = process.argv.slice(2);

if (name === "--list") {
  console.log(Object.keys(registry).join("\n"));
} else if (Object.hasOwn(registry, name ?? "")) {
  const setup = new Setup(JSON.parse(readFileSync(0, "utf8")));
  try {
    await registry[name](setup);
  } finally {
    setup.close();
  }
} else {
  console.error(`usage: check.mjs --list | NAME, one of: ${Object.keys(registry).join(", ")}`);
  process.exit(2);
}
