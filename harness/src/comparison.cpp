#include "harness/comparison.hpp"

#include <algorithm>

#include "text.hpp"

namespace harness {

namespace {

/// Since when queries see each incident, first emission by first emission.
std::vector<Millis> delays_of(const mockxdr::Scenario& scenario, const Result& result) {
    const mockxdr::World world(scenario, scenario.start);
    std::vector<Millis> out;
    const auto all = offers(world, scenario.server, scenario.fetch.query);
    for (const IncidentVerdict& verdict : result.verdict.incidents) {
        if (verdict.runs.empty()) continue;
        const auto offer = std::find_if(all.begin(), all.end(), [&](const Offer& one) {
            return one.incident->id == verdict.id && !one.stretches.empty();
        });
        if (offer == all.end()) continue;
        const RunRecord& run =
            *std::find_if(result.trace.runs.begin(), result.trace.runs.end(),
                          [&](const RunRecord& one) { return one.number == verdict.runs.front(); });
        out.push_back(std::max(Millis{0}, run.started - offer->stretches.front().from));
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::string quantile(const std::vector<Millis>& delays, std::size_t percent) {
    if (delays.empty()) return "-";
    const std::size_t rank = (delays.size() * percent + 99) / 100;
    const Millis delay = delays[std::max<std::size_t>(rank, 1) - 1];
    return xdr::duration_text(delay);
}

std::string line(const ComparedRow& row, const NameWidths& widths) {
    const auto number = [](std::int64_t value, std::size_t columns) {
        return right(std::to_string(value), columns);
    };
    return padded(row.file, widths.file) + "  " + padded(row.policy, widths.policy) +
           number(row.owed, 6) + number(row.lost, 6) + number(row.duplicated, 12) +
           number(row.late, 6) + number(row.excused, 9) + number(row.unexpected, 12) +
           right(quantile(row.delays, 50), 11) + right(quantile(row.delays, 95), 11) +
           right(quantile(row.delays, 100), 11) + number(row.requests, 10) + "\n";
}

std::vector<ComparedRow> sums_of(const std::vector<ComparedRow>& rows) {
    std::vector<ComparedRow> sums;
    for (const ComparedRow& row : rows) {
        auto sum = std::find_if(sums.begin(), sums.end(),
                                [&](const ComparedRow& one) { return one.policy == row.policy; });
        if (sum == sums.end()) {
            sums.push_back(row);
            sums.back().file = "all";
            continue;
        }
        sum->owed += row.owed;
        sum->lost += row.lost;
        sum->duplicated += row.duplicated;
        sum->late += row.late;
        sum->excused += row.excused;
        sum->unexpected += row.unexpected;
        sum->requests += row.requests;
        sum->delays.insert(sum->delays.end(), row.delays.begin(), row.delays.end());
    }
    for (ComparedRow& sum : sums) std::sort(sum.delays.begin(), sum.delays.end());
    return sums;
}

}  // namespace

ComparedRow compared(const std::string& file, const mockxdr::Scenario& scenario,
                     const NamedFetcher& fetcher, const Link& link) {
    const auto& [policy, contract] = fetcher;
    const Result result =
        replay({.scenario = scenario, .policy = policy, .contract = contract}, link);
    return {.file = file,
            .policy = std::string(policy.name()),
            .owed = result.verdict.owed,
            .lost = result.verdict.count(Class::lost),
            .duplicated = result.verdict.count(Class::duplicated),
            .late = result.verdict.count(Class::late),
            .excused = result.verdict.count(Class::excused),
            .unexpected = result.verdict.count(Class::unexpected),
            .delays = delays_of(scenario, result),
            .requests = static_cast<std::int64_t>(result.trace.requests.size())};
}

std::string comparison_table(const std::vector<ComparedRow>& rows) {
    const NameWidths widths = widths_of(rows, 18);
    std::string out =
        padded("scenario", widths.file) + "  " + padded("policy", widths.policy) +
        "  owed  lost  duplicated  late  excused  unexpected  delay p50        p95        max  "
        "requests\n";
    for (const ComparedRow& row : rows) out += line(row, widths);
    const bool several = std::any_of(rows.begin(), rows.end(), [&](const ComparedRow& row) {
        return row.file != rows.front().file;
    });
    if (!several) return out;
    out += "\n";
    for (const ComparedRow& sum : sums_of(rows)) out += line(sum, widths);
    return out;
}

}  // namespace harness
