#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "alert_facts.hpp"

namespace mockxdr {

/// What an alert is about.
struct Kind {
    std::string_view name, category, event_type, description;
    bool blocked;
};

/// One alert while it is written.
struct Draft {
    const Facts& facts;
    std::uint64_t index;
    Chance chance;
    std::string source;
    bool in_network;  ///< a firewall saw it, not an agent
    const Kind& kind;
    json::Object out{};

    void add(std::string_view key, json::Value value) { put(out, key, std::move(value)); }
    void add_nulls(std::initializer_list<std::string_view> keys) {
        for (const std::string_view key : keys) add(key, json::Null{});
    }
};

/// One of them, or null.
json::Value one_of(const std::vector<std::string>& texts, Chance chance);

/// The parts of an alert that say where it happened. `add_host` returns the address at which the
/// connections of `add_network` start, or null.
json::Value add_host(Draft& draft);
void add_processes(Draft& draft);
void add_network(Draft& draft, const json::Value& local_ip);
void add_firewall(Draft& draft);

}  // namespace mockxdr
