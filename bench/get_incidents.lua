-- What wrk sends: get_incidents requests. Used by run.py, which passes after `--`:
--   1. the body, in which @ stands for a lower bound of creation_time
--   2. that bound, milliseconds since 1970
--   3. how many bounds to use in turn, each a millisecond earlier than the one before. With many,
--      no reply can come from a cache that is looked up by the request's text.
--   4. `gzip` or `identity`: what Accept-Encoding says
-- The last line of the output is a JSON object with what was counted.

local requests = {}
local next_one = 0

function init(args)
    local body, bound, bounds = args[1], tonumber(args[2]), tonumber(args[3])
    wrk.method = "POST"
    wrk.path = "/public_api/v1/incidents/get_incidents"
    wrk.headers["Authorization"] = "mockxdr-test-key"
    wrk.headers["x-xdr-auth-id"] = "1"
    wrk.headers["Content-Type"] = "application/json"
    wrk.headers["Accept-Encoding"] = args[4]
    for back = 0, bounds - 1 do
        local text = body:gsub("@", string.format("%d", bound - back))
        requests[back + 1] = wrk.format(nil, nil, nil, text)
    end
end

function request()
    next_one = next_one % #requests + 1
    return requests[next_one]
end

function done(summary, latency)
    local errors = summary.errors
    print(string.format(
        '{"requests": %d, "duration_us": %d, "bytes": %d, "p50_us": %d, "p99_us": %d, '
            .. '"refused": %d, "broken": %d}',
        summary.requests, summary.duration, summary.bytes, latency:percentile(50),
        latency:percentile(99), errors.status,
        errors.connect + errors.read + errors.write + errors.timeout))
end
