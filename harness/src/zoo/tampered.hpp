#pragma once

#include <string_view>

#include "fetcher/complete.hpp"

namespace harness::zoo_members {

/// The right algorithm with one thing wrong in it.
struct Tampering {
    /// What is done to the last run that it is about to save.
    using State = void (*)(fetcher::CompleteState& next, const fetcher::Batch& batch,
                           const fetcher::CompleteState* before, fetcher::TimePoint now,
                           const fetcher::Parameters& parameters);
    /// What is done to what it reads.
    using Page = void (*)(fetcher::Page& page);
    /// What is done to what it asks for.
    using Request = void (*)(fetcher::PageRequest& request);

    State state = nullptr;
    Page page = nullptr;
    Request request = nullptr;
    fetcher::CommitOrder order = fetcher::CommitOrder::emit_then_save;
};

class Tampered final : public fetcher::Policy {
   public:
    Tampered(std::string_view name, const Tampering& tampering)
        : name_(name), tampering_(tampering) {}

    std::string_view name() const override { return name_; }
    std::unique_ptr<fetcher::Run> start(const fetcher::Parameters& parameters,
                                        const fetcher::State& state,
                                        fetcher::TimePoint now) const override;
    fetcher::CommitOrder commit_order() const override { return tampering_.order; }

   private:
    std::string_view name_;
    Tampering tampering_;
    fetcher::Complete complete_{fetcher::TimeField::creation_time};
};

}  // namespace harness::zoo_members
