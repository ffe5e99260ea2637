#include "twin.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "fetcher/complete.hpp"
#include "print.hpp"

using namespace harness;

namespace {

/// Works as it should in the process that made it, and drops what it read in any other one.
class OfItsProcess final : public fetcher::Policy {
   public:
    std::string_view name() const override { return "of-its-process"; }
    std::unique_ptr<fetcher::Run> start(const fetcher::Parameters& parameters,
                                        const fetcher::State& state,
                                        fetcher::TimePoint now) const override {
        fetcher::Parameters own = parameters;
        if (::getpid() != made_) own.limit = 1;
        return complete_.start(own, state, now);
    }

   private:
    pid_t made_ = ::getpid();
    fetcher::Complete complete_{fetcher::TimeField::creation_time};
};

}  // namespace

TEST_CASE("a second process shows the same", "[twin]") {
    const sim::Subject complete = sim::subject("complete");
    const sim::Campaign campaign{.seed = 3};
    Twin twin(complete, campaign);
    for (const std::uint64_t first : {0U, 500U}) {
        twin.start(first, 300);
        CHECK(twin.digest() ==
              sim::explore(complete, campaign, first, 300, sim::OnFailure::go_on).digest);
    }
}

TEST_CASE("a fetcher that depends on its process is noticed", "[twin]") {
    const OfItsProcess policy;
    const sim::Subject odd = sim::subject(policy);
    const sim::Campaign campaign{.seed = 3};
    Twin twin(odd, campaign);
    twin.start(0, 100);
    CHECK(twin.digest() != sim::explore(odd, campaign, 0, 100, sim::OnFailure::go_on).digest);
}
