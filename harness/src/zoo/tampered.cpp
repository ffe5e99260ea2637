#include "tampered.hpp"

#include <utility>

namespace harness::zoo_members {

namespace {

using fetcher::Batch;
using fetcher::CompleteState;
using fetcher::Parameters;
using fetcher::Step;
using fetcher::TimePoint;

class TamperedRun final : public fetcher::Run {
   public:
    TamperedRun(std::unique_ptr<fetcher::Run> inner, const Tampering& tampering,
                const Parameters& parameters, const fetcher::State& before, TimePoint now)
        : inner_(std::move(inner)), tampering_(tampering), parameters_(parameters), now_(now) {
        if (const auto* known = std::get_if<CompleteState>(&before)) before_ = *known;
    }

    Step begin() override { return tamper(inner_->begin()); }

    Step on_page(const fetcher::Page& page) override {
        fetcher::Page shown = page;
        if (tampering_.page) tampering_.page(shown);
        return tamper(inner_->on_page(shown));
    }

   private:
    Step tamper(Step step) {
        if (auto* request = std::get_if<fetcher::PageRequest>(&step); request && tampering_.request)
            tampering_.request(*request);
        if (auto* batch = std::get_if<Batch>(&step); batch && tampering_.state)
            tampering_.state(std::get<CompleteState>(batch->state), *batch,
                             before_ ? &*before_ : nullptr, now_, parameters_);
        return step;
    }

    std::unique_ptr<fetcher::Run> inner_;
    Tampering tampering_;
    Parameters parameters_;
    std::optional<CompleteState> before_;
    TimePoint now_;
};

}  // namespace

std::unique_ptr<fetcher::Run> Tampered::start(const Parameters& parameters,
                                              const fetcher::State& state, TimePoint now) const {
    return std::make_unique<TamperedRun>(complete_.start(parameters, state, now), tampering_,
                                         parameters, state, now);
}

}  // namespace harness::zoo_members
