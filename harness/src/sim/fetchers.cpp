#include "harness/sim/fetchers.hpp"

#include "fetcher/source.hpp"
#include "xdr/error.hpp"
#include "xdr/text.hpp"

namespace harness::sim {

namespace {

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

/// The place of a row in the schedule. A tally has places for incidents of the schedule only, and a
/// batch for so many.
Small::Id id_of(const fetcher::Row& row, std::size_t emitted) {
    const std::string& text = row.incident_id.text();
    const bool known = xdr::is_digits(text) && text.size() <= 2 && std::stoi(text) >= 1 &&
                       std::stoi(text) <= static_cast<int>(most_incidents);
    if (!known || emitted == most_emitted)
        throw xdr::Error({.where = "simulator",
                          .what = known ? "a run emitted more than " +
                                              std::to_string(most_emitted) + " incidents"
                                        : "a run emitted '" + text + "', which no page had",
                          .hint = "play that fetcher with mockxdr replay"});
    return static_cast<Small::Id>(std::stoi(text) - 1);
}

fetcher::Parameters parameters_of(const RunInput& input) {
    return {.limit = input.settings.limit,
            .look_back = input.settings.look_back,
            .first_fetch = first_fetch_text(input.first_fetch),
            .page_cap = input.settings.page_cap,
            .max_requests = input.settings.max_requests};
}

}  // namespace

TimePoint first_fetch_of(const RunInput& input) {
    if (input.first_fetch == 2) return TimePoint{Millis{start_ms + 120'000}};
    return input.now - Millis{input.first_fetch == 0 ? 3'600'000 : 30'000};
}

Ended PolicyFetcher::run(const RunInput& input, const State& state, const Ask& ask, Emitted& batch,
                         State& next) const {
    std::optional<fetcher::Batch> done;
    try {
        TextSource source(ask);
        const auto run = policy().start(parameters_of(input), state, input.now);
        fetcher::Outcome outcome = fetcher::drive(*run, source, most_requests_of_run);
        if (auto* found = std::get_if<fetcher::Batch>(&outcome)) done = std::move(*found);
    } catch (const xdr::Error&) {
        return Ended::failed;  // the policy refuses its parameters or its state
    }
    if (!done) return Ended::failed;
    for (const fetcher::Row& row : done->incidents) batch.push_back(id_of(row, batch.size()));
    next = std::move(done->state);
    return done->end == fetcher::End::budget ? Ended::on_budget : Ended::well;
}

}  // namespace harness::sim
