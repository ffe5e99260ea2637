#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "fetcher/retry.hpp"

namespace fetcher {

/// How long to wait for what. 0 is no limit, for `total` only.
struct TimeLimits {
    Millis connect{10'000};  ///< for each address of the host; also for TLS to be agreed on
    Millis read{30'000};     ///< until the next bytes come
    Millis write{30'000};    ///< until the next bytes can go
    Millis total{120'000};   ///< a request from its first byte to its reply's last
};

/// Where the API is, how to get in, and how much patience to have. The functions at the end are for
/// tests and for a caller that must be woken up.
struct Connection {
    std::string url;  ///< scheme://host[:port][/prefix], without /public_api
    std::string api_key_id;
    std::string api_key;  ///< a secret: never print it
    KeyLevel level = KeyLevel::standard;
    std::string ca_file{};  ///< PEM certificates that are trusted instead of the system's
    TimeLimits limits{};
    std::size_t most_body_bytes = 64U << 20U;  ///< of a reply, unpacked
    std::string version{};                     ///< of fetch-incidents, for the header User-Agent
    RetryPolicy retries{.most_attempts = 1};   ///< nothing is tried again unless asked for
    std::size_t extra_data_per_minute = 10;    ///< most requests for extra data, 1 or more

    std::function<TimePoint()> now{};         ///< this machine's clock
    std::function<std::uint64_t()> random{};  ///< where an advanced key's nonces come from
    /// Waits that long; false if it was cut short: then the request fails without another attempt.
    std::function<bool(Millis)> wait{};
};

/// The same, with the system's functions where there are none.
Connection with_system_functions(Connection connection);

}  // namespace fetcher
