#pragma once

#include <catch2/catch.hpp>
#include <optional>
#include <string>

#include "xdr/error.hpp"
#include "xdr/id.hpp"
#include "xdr/time.hpp"

/// How Catch2 prints what our tests compare.
namespace Catch {

template <>
struct StringMaker<xdr::TimePoint> {
    static std::string convert(xdr::TimePoint time) { return xdr::iso8601(time); }
};

template <>
struct StringMaker<xdr::Millis> {
    static std::string convert(xdr::Millis duration) { return xdr::duration_text(duration); }
};

template <>
struct StringMaker<xdr::IncidentId> {
    static std::string convert(const xdr::IncidentId& id) { return id.text(); }
};

template <>
struct StringMaker<xdr::Problem> {
    static std::string convert(const xdr::Problem& problem) { return to_string(problem); }
};

template <>
struct StringMaker<xdr::ReadTime> {
    static std::string convert(const xdr::ReadTime& read) {
        return xdr::iso8601(read.time) + (read.names_zone ? ", zone named" : ", no zone");
    }
};

}  // namespace Catch

/// The problem that a call reports; a failure if it reports none.
template <class Call>
xdr::Problem problem_of(Call&& call) {
    try {
        call();
    } catch (const xdr::Error& error) {
        return error.problem();
    }
    FAIL("expected xdr::Error");
    return {};
}
