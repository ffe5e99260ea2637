#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/live.hpp"
#include "mockxdr/json.hpp"
#include "scenarios.hpp"

/// A client as a trial sees it: what it asks, when, and what came of it. Times are offsets from
/// the scenario's start, in order.
class LiveClient {
   public:
    explicit LiveClient(const std::string& keys, harness::Trial::Settings settings = {})
        : spec(scenario(keys)), world(spec, spec.start), trial(world, spec, settings) {}

    /// Asks for what was created in [from, until], oldest first, and gets it.
    void fetch(xdr::Millis at, xdr::Millis from, xdr::Millis until, std::int64_t limit = 100) {
        ask(at, window(from, until, limit));
    }

    mockxdr::Query window(xdr::Millis from, xdr::Millis until, std::int64_t limit = 100) const {
        using mockxdr::FilterField;
        using mockxdr::Operator;
        return {.filters = {{FilterField::creation_time, Operator::gte, spec.start + from},
                            {FilterField::creation_time, Operator::lte, spec.start + until}},
                .sort = mockxdr::Sort{mockxdr::SortField::creation_time, mockxdr::Direction::asc},
                .search_from = 0,
                .search_to = limit};
    }

    void ask(xdr::Millis at, const mockxdr::Query& query,
             mockxdr::Endpoint endpoint = mockxdr::Endpoint::get_incidents) {
        mockxdr::Exchange exchange = next(at, endpoint);
        const mockxdr::Answer answer = mockxdr::select(
            world, spec.server, query,
            {.now = exchange.at, .request = exchange.request, .changes = exchange.changes});
        exchange.query = &query;
        exchange.answer = &answer;
        trial.record(exchange);
    }

    /// As `ask`, with a key for which no incident is restricted.
    void ask_fully(xdr::Millis at, const mockxdr::Query& query) {
        mockxdr::ServerOptions unrestricted = spec.server;
        unrestricted.restricted.clear();
        mockxdr::Exchange exchange = next(at, mockxdr::Endpoint::get_incidents);
        exchange.permission = mockxdr::Permission::full;
        const mockxdr::Answer answer = mockxdr::select(
            world, unrestricted, query,
            {.now = exchange.at, .request = exchange.request, .changes = exchange.changes});
        exchange.query = &query;
        exchange.answer = &answer;
        trial.record(exchange);
    }

    /// As `ask_for_nothing`, but the request was not seen: the next one has its number.
    void ask_unseen(xdr::Millis at) {
        const mockxdr::Answer answer =
            mockxdr::ReplyFault(mockxdr::Reset{.seen = mockxdr::Reset::Seen::no});
        ask_for_nothing(at, nullptr, answer);
        --number_;
    }

    /// As `ask`, but the answer is not rows.
    void ask_for_nothing(xdr::Millis at, const mockxdr::Query* query, const mockxdr::Answer& answer,
                         mockxdr::Endpoint endpoint = mockxdr::Endpoint::get_incidents) {
        mockxdr::Exchange exchange = next(at, endpoint);
        exchange.query = query;
        exchange.answer = &answer;
        exchange.fault = std::get_if<mockxdr::ReplyFault>(&answer);
        trial.record(exchange);
    }

    void accept(xdr::Millis at, const std::vector<std::string>& ids) {
        std::vector<xdr::IncidentId> kept;
        for (const std::string& id : ids) kept.emplace_back(id);
        trial.accept(kept, spec.start + at);
    }

    harness::LiveVerdict verdict(xdr::Millis at,
                                 const std::vector<std::size_t>& unfired = {}) const {
        return trial.verdict(spec.start + at, unfired);
    }

    /// `once`, `pending`, `excused: never matched the query`, … of one incident.
    std::string verdict_on(const std::string& id, xdr::Millis at) const {
        for (const harness::LiveIncident& one : verdict(at).incidents)
            if (one.id.text() == id)
                return (one.verdict ? std::string(name_of(*one.verdict)) : "pending") +
                       (one.excuse ? ": " + std::string(describe(*one.excuse)) : "");
        return "no such id";
    }

    /// explain_json, read.
    mockxdr::json::Value explained(const std::string& id) const {
        return read(*explain_json(trial, xdr::IncidentId(id)));
    }

    static mockxdr::json::Value read(const std::string& text) {
        return mockxdr::json::parse(text, mockxdr::json::Comments::refused).root;
    }

    mockxdr::Scenario spec;
    mockxdr::World world;
    harness::Trial trial;

   private:
    mockxdr::Exchange next(xdr::Millis at, mockxdr::Endpoint endpoint) {
        ++number_;
        mockxdr::Exchange exchange;
        exchange.number = exchange.request = number_;
        exchange.endpoint = endpoint;
        exchange.at = spec.start + at;
        exchange.changes = world.changes();
        exchange.target = "POST /public_api/v1/incidents/" + std::string(name_of(endpoint));
        exchange.key_id = "1";
        return exchange;
    }

    std::uint64_t number_ = 0;
};

/// The values of one key in an array of objects, as text.
inline std::vector<std::string> texts_of(const mockxdr::json::Value& array,
                                         const std::string& key) {
    std::vector<std::string> out;
    for (const mockxdr::json::Value& one : *array.get_if<mockxdr::json::Array>())
        out.push_back(*one.find(key)->get_if<std::string>());
    return out;
}
