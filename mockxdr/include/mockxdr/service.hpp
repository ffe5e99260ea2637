#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "mockxdr/fault_plan.hpp"
#include "mockxdr/http.hpp"
#include "mockxdr/keys.hpp"
#include "mockxdr/select.hpp"

namespace mockxdr {

/// A request that the API refuses. Source: docs/coverage.md, Errors.
struct Refusal {
    int status = 500;
    std::string err_msg;
    std::string err_extra;  ///< sent as null if empty
    std::string unsaid{};   ///< for the journal and the log only, such as why a key is not let in
    int err_code = 0;       ///< if it is not the status

    friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// The reply to a request that never reached the service: too large, not HTTP, or a crash.
HttpReply refused_by_transport(int status, const ServerOptions& options = {});

/// What another endpoint than get_incidents did, for the journal.
struct Served {
    std::string what;

    friend bool operator==(const Served&, const Served&) = default;
};

/// How a request ended: rows, another success, a refusal, or a fault that lost the reply.
using Answer = std::variant<Selection, Served, Refusal, ReplyFault>;

/// What the mock saw of one request.
struct Exchange {
    std::uint64_t number = 0;   ///< of all requests that were seen, from 1
    std::uint64_t request = 0;  ///< of those to its endpoint, from 1; 0 for a path that is none
    std::optional<Endpoint> endpoint{};
    TimePoint at{};
    ChangeCount changes = 0;                       ///< of the world, when it was answered
    std::string target{};                          ///< method and path
    std::string key_id{};                          ///< empty if nobody was let in
    Permission permission = Permission::ordinary;  ///< of that key
    const Query* query = nullptr;                  ///< nullptr if the request never came to be one
    const Answer* answer = nullptr;
    const ReplyFault* fault = nullptr;  ///< the fault that hit it, also one that only delays
};

/// A mock Cortex XDR without sockets: one world, its faults and its keys. Not thread-safe. Time
/// never goes back from one request to the next.
class Service {
   public:
    /// `start` is the instant that the scenario's offsets count from.
    Service(const Scenario& scenario, TimePoint start, ApiKeys keys);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    const World& world() const;
    const ServerOptions& options() const;
    FaultPlan& faults();

    /// Called once for each request, after it was decided and before the reply leaves.
    void on_exchange(std::function<void(const Exchange&)> observer);

    /// Where the time comes from that advanced keys' timestamps are checked against, if
    /// `server.auth.clock` says `real`, or `automatic` and this was called. Otherwise it is the
    /// time that requests are answered at.
    void use_real_time(std::function<TimePoint()> real_time);

    /// get_incidents as a call: the same rules and the same count of requests as over HTTP. The
    /// rows hold until the next request.
    Answer get_incidents(const Query& query, TimePoint now);

    /// Any request. Never throws for what a client sent.
    HttpReply answer(const HttpRequest& request, TimePoint now);

    /// A request that could not be read, as far as it was: counted, told to the observer, and
    /// answered with that status.
    HttpReply refuse(const HttpRequest& request, int status, TimePoint now);

   private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace mockxdr
