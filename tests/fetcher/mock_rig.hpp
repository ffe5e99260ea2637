#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "http_source.hpp"
#include "mockxdr/server.hpp"
#include "print.hpp"
#include "scenarios.hpp"

/// A mock with five incidents, a clock that only waits of the client move, and the faults, limits
/// and keys that a test wants: `keys` are those of a scenario, such as `"faults": [...]`.
class Mock {
   public:
    explicit Mock(const std::string& keys = "", const mockxdr::Listen& listen = {},
                  mockxdr::ApiKey key = mockxdr::ApiKey("secret"))
        : service_(scenario(R"("incidents": [{"id": "{n}", "created": "0s", "repeat": 5}])" +
                            (keys.empty() ? "" : ", " + keys)),
                   noon, {{"7", std::move(key)}}),
          server_(
              service_, [this] { return now.load(); }, listen) {}

    /// What reaches this mock and tries again without waiting in real time.
    fetcher::Connection connection() {
        return {.url = server_.url(),
                .api_key_id = "7",
                .api_key = "secret",
                .retries = {},
                .now = [this] { return now.load(); },
                .wait =
                    [this](xdr::Millis time) {
                        waits.push_back(time);
                        now = now.load() + time;
                        return true;
                    }};
    }

    static inline const xdr::TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

    std::atomic<xdr::TimePoint> now = noon + std::chrono::hours{1};
    std::vector<xdr::Millis> waits;  ///< between attempts

   private:
    mockxdr::Service service_;
    mockxdr::Server server_;
};

/// A fault that hits the first request for a page.
inline std::string first_hit_by(const std::string& reply) {
    return R"("faults": [{"request": 1, "reply": )" + reply + "}]";
}

/// A fault that hits every request from the first one on.
inline std::string all_hit_by(const std::string& reply) {
    return R"("faults": [{"every": 1, "reply": )" + reply + "}]";
}

/// Why a request failed, without the name of the request; a failure if it did not.
template <class Answer>
std::string why(const Answer& answer) {
    const auto* failed = std::get_if<fetcher::RequestFailed>(&answer);
    REQUIRE(failed);
    return failed->why.substr(failed->why.find("): ") + 3);
}
