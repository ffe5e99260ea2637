#include "fetcher/cursor.hpp"

#include <algorithm>

namespace fetcher {

namespace {

class CursorRun final : public Run {
   public:
    CursorRun(const Parameters& parameters, TimePoint last_fetch, TimePoint now, Cursor::Next next)
        : size_(std::min(parameters.limit, parameters.page_cap)),
          last_fetch_(last_fetch),
          now_(now),
          next_(next) {}

    Step begin() override {
        PageRequest request;
        request.gte = last_fetch_;
        request.search_to = size_;
        if (next_ == Cursor::Next::now) request.lte = now_;
        return request;
    }

    Step on_page(const Page& page) override {
        Batch batch;
        TimePoint latest = last_fetch_;
        for (const Row& row : page.rows) {
            // The filter is inclusive; what stands at the last fetch time was emitted then.
            if (next_ == Cursor::Next::latest && row.creation_time <= last_fetch_) continue;
            latest = std::max(latest, row.creation_time);
            batch.incidents.push_back(row);
        }
        batch.state = CursorState{.last_fetch = next_ == Cursor::Next::now ? now_ : latest};
        return batch;
    }

   private:
    std::int64_t size_;
    TimePoint last_fetch_, now_;
    Cursor::Next next_;
};

}  // namespace

std::string_view Cursor::name() const {
    return next_ == Next::latest ? "cursor-latest" : "cursor-now";
}

std::unique_ptr<Run> Cursor::start(const Parameters& parameters, const State& state,
                                   TimePoint now) const {
    check_parameters(parameters);
    if (const auto* known = std::get_if<CursorState>(&state))
        return std::make_unique<CursorRun>(parameters, known->last_fetch, now, next_);
    if (!std::holds_alternative<std::monostate>(state)) refuse_state(name());
    const TimePoint first = first_fetch_time(parameters.first_fetch, now);
    return std::make_unique<CursorRun>(parameters, first, now, next_);
}

}  // namespace fetcher
