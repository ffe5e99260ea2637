#include "harness/sim/fetchers.hpp"

#include <array>

#include "fetcher/source.hpp"
#include "xdr/error.hpp"

namespace harness::sim {

namespace {

constexpr std::array<const char*, 3> first_fetch_texts{"1 hour", "30 seconds",
                                                       "2024-01-01T12:02:00Z"};

/// Small pages as the policies know them.
class TextSource final : public fetcher::Source {
   public:
    explicit TextSource(const PolicyFetcher::Ask& ask) : ask_(ask) {}

    std::variant<fetcher::Page, fetcher::RequestFailed> fetch(
        const fetcher::PageRequest& request) override {
        if (!ask_(request, page_)) return fetcher::RequestFailed{"a fault"};
        fetcher::Page out;
        out.total_count = page_.total_count;
        out.server_time = page_.server_time;
        for (const Small::Id id : page_.restricted) out.restricted.emplace_back(Small::name(id));
        for (const Small::Row& row : page_.rows)
            out.rows.push_back({.incident_id = xdr::IncidentId(Small::name(row.incident_id)),
                                .creation_time = row.creation_time,
                                .modification_time = row.modification_time,
                                .description = {},
                                .raw_json = {}});
        return out;
    }

   private:
    const PolicyFetcher::Ask& ask_;
    Page page_;
};

fetcher::Parameters parameters_of(const RunInput& input) {
    return {.limit = input.settings.limit,
            .look_back = input.settings.look_back,
            .first_fetch = first_fetch_texts.at(input.first_fetch),
            .page_cap = input.settings.page_cap,
            .max_requests = input.settings.max_requests};
}

}  // namespace

TimePoint first_fetch_of(const RunInput& input) {
    if (input.first_fetch == 2) return TimePoint{Millis{start_ms + 120'000}};
    return input.now - Millis{input.first_fetch == 0 ? 3'600'000 : 30'000};
}

bool PolicyFetcher::run(const RunInput& input, const State& state, const Ask& ask, Emitted& batch,
                        State& next) const {
    try {
        TextSource source(ask);
        const auto run = policy().start(parameters_of(input), state, input.now);
        fetcher::Outcome outcome = fetcher::drive(*run, source, most_requests_of_run);
        auto* done = std::get_if<fetcher::Batch>(&outcome);
        if (!done) return false;
        for (const fetcher::Row& row : done->incidents)
            batch.push_back(static_cast<Small::Id>(std::stoi(row.incident_id.text()) - 1));
        next = std::move(done->state);
        return true;
    } catch (const xdr::Error&) {
        return false;
    }
}

}  // namespace harness::sim
