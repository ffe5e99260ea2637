#include "property.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <iostream>

namespace {

/// Counts the cases that ran.
class Counter final : public rc::detail::TestListener {
   public:
    void onTestCaseFinished(const rc::detail::CaseDescription&) override { ++cases; }
    void onShrinkTried(const rc::detail::CaseDescription&, bool) override {}
    void onTestFinished(const rc::detail::TestMetadata&, const rc::detail::TestResult&) override {}

    int cases = 0;
};

std::string reproduce_line(const std::string& id, const rc::detail::Reproduce& reproduce) {
    rc::detail::Configuration configuration;
    configuration.reproduce[id] = reproduce;
    return "RC_PARAMS=\"" + rc::detail::configToMinimalString(configuration) + "\"";
}

}  // namespace

PropertyResult check_property(const std::string& id, const std::function<void()>& body, int cases) {
    const rc::detail::Configuration& configuration = rc::detail::configuration();
    rc::detail::TestParams params = configuration.testParams;
    params.maxSuccess = std::max(params.maxSuccess, cases);
    rc::detail::TestMetadata metadata;
    metadata.id = id;
    metadata.description = id;
    Counter counter;
    const rc::detail::TestResult result =
        rc::detail::checkTestable(body, metadata, params, counter, configuration.reproduce);
    PropertyResult out{.held = result.is<rc::detail::SuccessResult>(),
                       .cases = counter.cases,
                       .description = {},
                       .reproduce = {}};
    if (result.is<rc::detail::FailureResult>()) {
        const auto& failure = result.get<rc::detail::FailureResult>();
        out.description = failure.description;
        for (const auto& [type, value] : failure.counterExample)
            out.description += "\n" + type + ": " + value;
        out.reproduce = reproduce_line(id, failure.reproduce);
    }
    return out;
}

void require_property(const std::string& id, const std::function<void()>& body, int cases) {
    const PropertyResult result = check_property(id, body, cases);
    // Catch2 would wrap the line that is to be copied.
    if (!result.held) std::cerr << "property: " << id << "\n" << result.reproduce << "\n";
    INFO("property: " << id << "\n" << result.description);
    CHECK(result.cases > 0);
    REQUIRE(result.held);
}
