#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "connection.hpp"
#include "fetcher/source.hpp"

namespace fetcher {

/// get_incidents over HTTP, one keep-alive connection. Throws xdr::Error for a URL that is none and
/// for a CA file that holds no certificate. One thread at a time.
class HttpSource final : public Source {
   public:
    HttpSource(const Connection& connection, Query query);
    ~HttpSource() override;

    /// Gives a new run its own budget of retries and counts its requests from 0. A new source
    /// needs no call.
    void begin_run();

    std::variant<Page, RequestFailed> fetch(const PageRequest& request) override;

    /// The `reply` of get_incident_extra_data as JSON text: the incident with its alerts and
    /// artifacts. Waits where the quota of requests demands it.
    /// Source: "Get Extra Incident Data".
    std::variant<std::string, RequestFailed> extra_data(const IncidentId& id,
                                                        std::int64_t alerts_limit = 1000);

    /// How many requests were sent in this run, repeated ones included.
    std::int64_t requests() const;

   private:
    class Desk;
    std::unique_ptr<Desk> desk_;
    Query query_;
};

}  // namespace fetcher
