#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "fetcher/lookback.hpp"
#include "fetcher/wire_last_run.hpp"
#include "xdr/error.hpp"

/// How Catch2 prints what the look-back tests compare.
namespace Catch {

template <>
struct StringMaker<fetcher::lookback::Revision> {
    static std::string convert(fetcher::lookback::Revision revision) {
        return revision == fetcher::lookback::Revision::documented ? "documented" : "current";
    }
};

template <>
struct StringMaker<fetcher::lookback::LastRun> {
    static std::string convert(const fetcher::lookback::LastRun& last_run) {
        return to_json(last_run);
    }
};

template <>
struct StringMaker<fetcher::lookback::Range> {
    static std::string convert(const fetcher::lookback::Range& range) {
        return range.start + " to " + range.end;
    }
};

template <>
struct StringMaker<fetcher::lookback::FoundId> {
    static std::string convert(const fetcher::lookback::FoundId& id) {
        const auto* number = std::get_if<std::int64_t>(&id);
        return number != nullptr ? std::to_string(*number) : '"' + std::get<std::string>(id) + '"';
    }
};

template <>
struct StringMaker<fetcher::lookback::Found> {
    static std::string convert(const fetcher::lookback::Found& found) {
        return StringMaker<fetcher::lookback::FoundId>::convert(found.id) + " created " +
               found.created.value_or("?");
    }
};

template <>
struct StringMaker<fetcher::lookback::FoundIds> {
    static std::string convert(const fetcher::lookback::FoundIds& ids) {
        return to_json(fetcher::lookback::LastRun{.found_incident_ids = ids});
    }
};

template <>
struct StringMaker<std::variant<fetcher::lookback::Null, std::string>> {
    static std::string convert(const std::variant<fetcher::lookback::Null, std::string>& time) {
        return to_json(fetcher::lookback::LastRun{.time = time});
    }
};

template <>
struct StringMaker<std::variant<fetcher::lookback::Null, std::int64_t>> {
    static std::string convert(const std::variant<fetcher::lookback::Null, std::int64_t>& limit) {
        return to_json(fetcher::lookback::LastRun{.limit = limit});
    }
};

template <class Value>
struct StringMaker<std::optional<Value>> {
    static std::string convert(const std::optional<Value>& value) {
        return value ? StringMaker<Value>::convert(*value) : "nothing";
    }
};

template <>
struct StringMaker<xdr::Problem> {
    static std::string convert(const xdr::Problem& problem) { return to_string(problem); }
};

/// Prints as a LastRun that has nothing else.
template <>
struct StringMaker<fetcher::lookback::Changes> {
    static std::string convert(const fetcher::lookback::Changes& changes) {
        fetcher::lookback::LastRun shown{.time = changes.time, .limit = changes.limit};
        if (changes.offset) shown.offset = *changes.offset;
        return to_json(shown) + (changes.forgetting == fetcher::lookback::Forgetting::on
                                     ? " and forgets"
                                     : " and forgets nothing");
    }
};

}  // namespace Catch
