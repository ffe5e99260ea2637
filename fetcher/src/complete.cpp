#include "fetcher/complete.hpp"

#include <utility>

#include "fetcher/sweep.hpp"

namespace fetcher {

namespace {

class CompleteRun final : public Run {
   public:
    CompleteRun(const Parameters& parameters, CompleteState state)
        : state_(std::move(state)),
          sweep_({.limit = parameters.limit,
                  .page_cap = parameters.page_cap,
                  .max_requests = parameters.max_requests,
                  .look_back = parameters.look_back,
                  .memory = parameters.memory},
                 state_, next_) {}

    Step begin() override { return step(sweep_.begin()); }
    Step on_page(const Page& page) override { return step(sweep_.on_page(page)); }

   private:
    Step step(Turn turn) {
        switch (turn) {
            case Turn::ask:
                return sweep_.request();
            case Turn::failed:
                return Failed{sweep_.why()};
            case Turn::done:
                break;
        }
        return Batch{
            .incidents = std::move(sweep_.batch()), .state = std::move(next_), .end = sweep_.end()};
    }

    CompleteState state_, next_;
    Sweep<Whole> sweep_;
};

}  // namespace

std::string_view Complete::name() const {
    return field_ == TimeField::creation_time ? "complete" : "complete-modified";
}

std::unique_ptr<Run> Complete::start(const Parameters& parameters, const State& state,
                                     TimePoint now) const {
    check_parameters(parameters);
    const auto* known = std::get_if<CompleteState>(&state);
    if (known && known->field == field_) return std::make_unique<CompleteRun>(parameters, *known);
    if (!std::holds_alternative<std::monostate>(state)) refuse_state(name());
    return std::make_unique<CompleteRun>(
        parameters, CompleteState{.field = field_,
                                  .frontier = first_fetch_time(parameters.first_fetch, now),
                                  .newest = std::nullopt,
                                  .seen = {},
                                  .batch = 0});
}

}  // namespace fetcher
