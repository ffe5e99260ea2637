#include "fetcher/source.hpp"

#include "print.hpp"

using namespace fetcher;

namespace {

/// Asks for the next page for ever.
class Endless final : public Run {
   public:
    Step begin() override { return PageRequest{}; }
    Step on_page(const Page&) override { return PageRequest{}; }
};

class EmptyPages final : public Source {
   public:
    std::variant<Page, RequestFailed> fetch(const PageRequest&) override {
        ++requests;
        return Page{};
    }
    int requests = 0;
};

}  // namespace

TEST_CASE("a run that never ends is given up", "[source]") {
    Endless run;
    EmptyPages source;
    const Outcome outcome = drive(run, source, 10);
    REQUIRE(std::holds_alternative<Failed>(outcome));
    CHECK(std::get<Failed>(outcome).why == "gave up after 10 requests in one run");
    CHECK(source.requests == 10);
}
