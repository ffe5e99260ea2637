#include <algorithm>
#include <array>

#include "faults.hpp"
#include "scenario_parts.hpp"

namespace mockxdr {

namespace {

constexpr std::string_view conditions =
    "expected one or more of from and until, request, every, run, endpoint, search_from, "
    "probability";

std::optional<double> read_probability(const Spot& place, Findings& findings) {
    constexpr const char* expected = "expected a number above 0, at most 1";
    const auto* whole = place.value.get_if<std::int64_t>();
    const auto* number = place.value.get_if<double>();
    if (!whole && !number) {
        complain_at(place, "found " + kind_of(place.value), expected, findings);
        return std::nullopt;
    }
    const double probability = whole ? static_cast<double>(*whole) : *number;
    if (probability > 0 && probability <= 1) return probability;
    complain_at(place, json::write(place.value) + " is out of range", expected, findings);
    return std::nullopt;
}

/// The names of all endpoints in the order of the enumeration, and then `any`.
std::vector<std::string_view> endpoint_names() {
    std::vector<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(Endpoint::get_versions); ++i)
        names.push_back(name_of(static_cast<Endpoint>(i)));
    names.emplace_back("any");
    return names;
}

void read_endpoint(ObjectReader& object, Fault& fault) {
    const std::vector<std::string_view> names = endpoint_names();
    const auto index = object.choice("endpoint", names);
    if (!index) return;
    fault.endpoint = find_endpoint(names[*index]);
    const bool pages = !fault.endpoint || fault.endpoint == Endpoint::get_incidents ||
                       fault.endpoint == Endpoint::get_multiple_incidents_extra_data;
    if (object.find("search_from") && !pages)
        object.complain(
            "the fault can never fire: " + std::string(names[*index]) + " is not asked for pages",
            "leave out \"search_from\" or choose another endpoint");
}

void read_conditions(ObjectReader& object, Fault& fault) {
    fault.from = object.duration("from", Sign::any);
    fault.until = object.duration("until", Sign::any);
    fault.request = object.integer("request", 1, INT64_MAX);
    fault.every = object.integer("every", 1, INT64_MAX);
    fault.run = object.integer("run", 1, INT64_MAX);
    fault.search_from = object.integer("search_from", 0, INT64_MAX);
    if (const auto place = object.find("probability"))
        fault.probability = read_probability(*place, object.findings());
    read_endpoint(object, fault);
}

/// `effect` is "crash" or "restore".
void check_run_only(ObjectReader& object, const std::string& effect) {
    if (!object.find("run")) {
        object.complain("the " + effect + " names no run",
                        "expected \"run\" beside \"" + effect + "\"");
        return;
    }
    for (const std::string_view other :
         {"from", "until", "request", "every", "endpoint", "search_from", "probability"})
        if (const auto place = object.find(other))
            complain_at(*place, "a " + effect + " has no condition but its run",
                        "leave out \"" + std::string(other) + "\"", object.findings());
}

void check_conditions(ObjectReader& object, const Fault& fault) {
    const bool from = object.find("from").has_value(), until = object.find("until").has_value();
    static constexpr std::array<std::string_view, 6> others{
        "request", "every", "run", "endpoint", "search_from", "probability"};
    const bool any = std::any_of(others.begin(), others.end(), [&](std::string_view key) {
        return object.find(key).has_value();
    });
    if (!from && !until && !any)
        object.complain("the fault does not say when", std::string(conditions));
    if (from != until)
        object.complain("the span has one end only", "expected both \"from\" and \"until\"");
    if (fault.from && fault.until && *fault.until <= *fault.from)
        object.complain("the fault can never fire: its span is empty",
                        "expected \"until\" after \"from\"");
}

std::optional<Fault> read_fault(const Spot& place, Findings& findings) {
    constexpr std::int64_t most_saves = 1'000'000;
    ObjectReader object(place, findings);
    if (!object.is_object()) return std::nullopt;
    Fault fault;
    read_conditions(object, fault);
    const auto reply_place = object.find("reply");
    const auto crash_place = object.find("crash");
    if (const auto crash = object.choice("crash", crash_names))
        fault.effect = static_cast<Crash>(*crash);
    if (reply_place)
        if (auto reply = read_reply(*reply_place, findings)) fault.effect = *std::move(reply);
    const auto restore_place = object.find("restore");
    if (const auto saves = object.integer("restore", 1, most_saves))
        fault.effect = Restore{.saves = *saves};
    const int effects =
        reply_place.has_value() + crash_place.has_value() + restore_place.has_value();
    if (effects != 1)
        object.complain(effects == 0 ? "the fault has no effect" : "the fault has several effects",
                        "expected one of \"reply\", \"crash\" and \"restore\"");
    if (crash_place)
        check_run_only(object, "crash");
    else if (restore_place)
        check_run_only(object, "restore");
    else
        check_conditions(object, fault);
    object.finish();
    return fault;
}

}  // namespace

std::vector<Fault> read_faults(const Spot& place, Findings& findings) {
    std::vector<Fault> faults;
    for (const Spot& item : read_array(place, findings))
        if (auto fault = read_fault(item, findings)) faults.push_back(std::move(*fault));
    return faults;
}

}  // namespace mockxdr
