#pragma once

#include <functional>
#include <map>
#include <string>
#include <variant>

#include "mockxdr/fault_plan.hpp"
#include "mockxdr/select.hpp"

namespace mockxdr {

/// A secret. It cannot be printed.
class ApiKey {
   public:
    explicit ApiKey(std::string key) : key_(std::move(key)) {}

    /// Takes as long for a near miss as for a far one.
    bool matches(std::string_view given) const;

   private:
    std::string key_;
};

/// Standard keys by their id, as in `x-xdr-auth-id`.
using ApiKeys = std::map<std::string, ApiKey, std::less<>>;

/// A request that the API refuses. Source: docs/coverage.md, Errors.
struct Refusal {
    int status = 500;
    std::string err_msg;
    std::string err_extra;  ///< sent as null if empty

    friend bool operator==(const Refusal&, const Refusal&) = default;
};

struct HttpRequest {
    std::string method, path, authorization, auth_id, body;
};

enum class Delivery {
    whole,
    cut,   ///< send half of the body, then close
    reset  ///< send nothing and reset the connection
};

struct HttpReply {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    Delivery delivery = Delivery::whole;
};

/// The reply to a request that never reached the service: too large, not HTTP, or a crash.
HttpReply refused_by_transport(int status);

/// How a request ended: rows, a refusal, or a fault of the scenario.
using Answer = std::variant<Selection, Refusal, ReplyFault>;

/// What the mock saw of one request.
struct Exchange {
    std::uint64_t request = 0;  ///< from 1; 0 for a path that is not mocked, which is not counted
    TimePoint at{};
    std::string target;            ///< method and path
    const Query* query = nullptr;  ///< nullptr if the request never came to be one
    const Answer* answer = nullptr;
};

/// A mock Cortex XDR without sockets: one world, its faults and its keys. Not thread-safe.
class Service {
   public:
    /// `start` is the instant that the scenario's offsets count from.
    Service(const Scenario& scenario, TimePoint start, ApiKeys keys);

    const World& world() const { return world_; }
    const ServerOptions& options() const { return options_; }
    FaultPlan& faults() { return faults_; }

    /// Called once for each request, after it was decided and before the reply leaves.
    void on_exchange(std::function<void(const Exchange&)> observer);

    /// get_incidents as a call: the same rules and the same count of requests as over HTTP.
    Answer get_incidents(const Query& query, TimePoint now);

    /// Any request. Never throws for what a client sent.
    HttpReply answer(const HttpRequest& request, TimePoint now);

   private:
    Answer decide(const Query& query, TimePoint now) const;
    bool authorized(const HttpRequest& request) const;
    HttpReply answer_get_incidents(const HttpRequest& request, TimePoint now);
    void observe(const Exchange& exchange) const;

    World world_;
    ServerOptions options_;
    FaultPlan faults_;
    ApiKeys keys_;
    std::uint64_t requests_ = 0;
    std::function<void(const Exchange&)> observer_;
};

/// `request failed: status 500`, `connection reset`, …: how reports call a fault.
std::string describe(const ReplyFault& fault);

}  // namespace mockxdr
