#include <algorithm>
#include <array>
#include <initializer_list>
#include <limits>

#include "scenario_parts.hpp"

namespace mockxdr {

namespace {

constexpr std::int64_t most_rows = 1'000'000;
constexpr std::int64_t most_seed = std::numeric_limits<std::int64_t>::max();
constexpr Millis longest_latency = std::chrono::hours{1};

/// Reads the values of one object over defaults; a key that is absent or wrong leaves its default.
class OptionReader {
   public:
    OptionReader(const Spot& place, Findings& findings) : object_(place, findings) {}

    ObjectReader& object() { return object_; }

    void read(std::string_view key, bool& flag) { flag = object_.flag(key).value_or(flag); }

    void read(std::string_view key, std::int64_t least, std::int64_t& number) {
        number = object_.integer(key, least, most_rows).value_or(number);
    }

    void read(std::string_view key, std::int64_t least, std::optional<std::int64_t>& number) {
        if (const auto found = object_.integer(key, least, most_rows)) number = found;
    }

    /// `names` stand in the order of the enumerators.
    template <class Enum, std::size_t Size>
    void read(std::string_view key, Enum& value, const std::array<std::string_view, Size>& names) {
        if (const auto index = object_.choice(key, names)) value = static_cast<Enum>(*index);
    }

    /// A status of HTTP that must be one of `allowed`.
    void read(std::string_view key, int& status, std::initializer_list<int> allowed) {
        const auto place = object_.find(key);
        if (!place) return;
        const auto* number = place->value.get_if<std::int64_t>();
        const auto found = std::find_if(allowed.begin(), allowed.end(),
                                        [&](int one) { return number && *number == one; });
        if (found != allowed.end()) {
            status = *found;
            return;
        }
        std::string expected;
        for (const int& one : allowed) {
            if (&one != allowed.begin()) expected += &one + 1 == allowed.end() ? " or " : ", ";
            expected += std::to_string(one);
        }
        complain(*place,
                 number ? std::to_string(*number) + " is out of range"
                        : "found " + kind_of(place->value),
                 "expected " + expected);
    }

    void complain(const Spot& place, std::string what, std::string expected) {
        object_.findings().push_back({.at = place.value.at(),
                                      .pointer = place.pointer,
                                      .what = std::move(what),
                                      .expected = std::move(expected)});
    }

   private:
    ObjectReader object_;
};

using Names2 = std::array<std::string_view, 2>;
using Names3 = std::array<std::string_view, 3>;

AuthOptions read_auth(const Spot& place, Findings& findings) {
    OptionReader reader(place, findings);
    AuthOptions auth;
    reader.read("clock", auth.clock, Names3{"automatic", "world", "real"});
    auth.tolerance =
        reader.object().duration("tolerance", Sign::not_negative).value_or(auth.tolerance);
    reader.read("single_use_nonce", auth.single_use_nonce);
    reader.object().finish();
    return auth;
}

RateLimit read_rate_limit(const Spot& place, Findings& findings) {
    OptionReader reader(place, findings);
    RateLimit limit;
    reader.read("per_second", 1, limit.per_second);
    reader.read("extra_data_per_minute", 1, limit.extra_data_per_minute);
    reader.read("status", limit.status, {429, 500});
    reader.read("retry_after", limit.retry_after);
    ObjectReader& object = reader.object();
    if (object.is_object() && !object.find("per_second") && !object.find("extra_data_per_minute"))
        object.complain("the limit limits nothing",
                        "expected \"per_second\" or \"extra_data_per_minute\"");
    object.finish();
    return limit;
}

void read_order(OptionReader& reader, ServerOptions& server) {
    reader.read("page_cap", 1, server.page_cap);
    reader.read("ties", server.ties, Names3{"by_id", "insertion", "shuffled"});
    reader.read("default_order", server.default_order,
                Names3{"newest_first", "insertion", "shuffled"});
    if (const auto seed = reader.object().integer("seed", 0, most_seed))
        server.seed = static_cast<std::uint64_t>(*seed);
    server.latency =
        reader.object().duration("latency", Sign::not_negative).value_or(server.latency);
    if (server.latency > longest_latency)
        reader.complain(*reader.object().find("latency"), "the latency is longer than an hour",
                        "expected at most 1h");
    if (const auto ids = reader.object().find("restricted"))
        server.restricted = read_ids(*ids, reader.object().findings());
}

void read_forms(OptionReader& reader, ServerOptions& server) {
    reader.read("preset", server.preset, Names2{"current", "2020"});
    reader.read("error_form", server.error_form, Names2{"wrapped", "flat"});
    reader.read("syntax_errors", server.syntax_errors, Names2{"text", "json"});
    reader.read("unauthorized_text", server.unauthorized_text, Names2{"current", "older"});
    reader.read("access", server.access, Names3{"granted", "no_licence", "no_permission"});
    reader.read("total_count_cap", 1, server.total_count_cap);
    reader.read("total_count_off_by", -most_rows, server.total_count_off_by);
    reader.read("window_status", server.window_status, {400, 500});
    reader.read("bad_filter_status", server.bad_filter_status, {400, 500});
    reader.read("not_found_status", server.not_found_status, {400, 404, 500});
}

void read_flags(OptionReader& reader, ServerOptions& server) {
    reader.read("severity_filter", server.severity_filter);
    reader.read("alert_sources_defect", server.alert_sources_defect);
    reader.read("integer_ids", server.integer_ids);
    reader.read("starred_false_missing", server.starred_false_missing);
    reader.read("contains_exact_case", server.contains_exact_case);
    reader.read("multiple_extra_data_cap", server.multiple_extra_data_cap);
}

}  // namespace

ServerOptions read_server(const Spot& place, Findings& findings) {
    OptionReader reader(place, findings);
    ServerOptions server;
    read_order(reader, server);
    read_forms(reader, server);
    read_flags(reader, server);
    if (const auto auth = reader.object().find("auth")) server.auth = read_auth(*auth, findings);
    server.clock = read_clock(reader.object(), "clock");
    if (const auto limit = reader.object().find("rate_limit"))
        server.rate_limit = read_rate_limit(*limit, findings);
    reader.object().finish();
    return server;
}

}  // namespace mockxdr
