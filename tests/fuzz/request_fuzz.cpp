/// A request's body, at each endpoint that reads one: answered as JSON, never worse.
#include <array>
#include <cstdint>
#include <cstdlib>

#include "mockxdr/service.hpp"

namespace {

using namespace std::chrono_literals;

const xdr::TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

mockxdr::Scenario some_scenario() {
    mockxdr::Scenario scenario;
    scenario.start = noon;
    for (int i = 1; i <= 5; ++i)
        scenario.incidents.push_back(
            {.id = xdr::IncidentId(std::to_string(i)), .created = i * -1min});
    return scenario;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const mockxdr::Scenario scenario = some_scenario();
    static const std::array<const char*, 4> paths{
        "/public_api/v1/incidents/get_incidents", "/public_api/v1/incidents/update_incident",
        "/public_api/v1/incidents/get_incident_extra_data",
        "/public_api/v1/incidents/get_multiple_incidents_extra_data"};
    if (size == 0) return 0;
    mockxdr::Service service(scenario, noon, {{"1", mockxdr::ApiKey("key")}});
    const auto reply =
        service.answer({.method = "POST",
                        .path = paths.at(data[0] % paths.size()),
                        .credentials = {.authorization = "key", .auth_id = "1"},
                        .body = std::string(reinterpret_cast<const char*>(data + 1), size - 1)},
                       noon);
    if (!reply.body.starts_with("{\"reply\": ") || !reply.body.ends_with("}")) std::abort();
    return 0;
}
