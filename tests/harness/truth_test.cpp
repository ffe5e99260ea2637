#include "harness/truth.hpp"

#include "print.hpp"
#include "scenarios.hpp"

using namespace std::chrono_literals;
using namespace harness;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

Offer offer_of(const std::string& incident, const std::string& keys = "") {
    static std::vector<std::unique_ptr<mockxdr::World>> worlds;
    const auto spec = scenario(keys + R"("fetch": {"query": {"status": ["new"]}},
        "incidents": [)" + incident +
                               "]");
    worlds.push_back(std::make_unique<mockxdr::World>(spec, noon));
    return offers(*worlds.back(), spec.server, spec.fetch.query).at(0);
}

std::string text_of(const Offer& offer) {
    std::string text;
    for (const Stretch& stretch : offer.stretches)
        text +=
            "[" + xdr::duration_text(stretch.from - noon) + ", " +
            (stretch.until == TimePoint::max() ? "" : xdr::duration_text(stretch.until - noon)) +
            ")";
    return text;
}

}  // namespace

TEST_CASE("an incident is offered from when it is visible and matches", "[truth]") {
    CHECK(text_of(offer_of(R"({"id": "1", "created": "1m"})")) == "[1m, )");
    CHECK(text_of(offer_of(R"({"id": "1", "created": "1m", "indexed_after": "2m"})")) == "[3m, )");
    CHECK(text_of(offer_of(R"({"id": "1", "created": "1m", "removed_at": "4m"})")) == "[1m, 4m)");
    CHECK(text_of(offer_of(R"({"id": "1", "created": "1m", "fields": {"status": null}})")) == "");
}

TEST_CASE("an incident is offered again each time that it matches again", "[truth]") {
    const Offer offer = offer_of(R"({"id": "1", "created": "1m", "updates": [
        {"at": "2m", "set": {"severity": "high"}},
        {"at": "3m", "set": {"status": "resolved_other"}},
        {"at": "5m", "set": {"status": "new"}, "indexed_after": "1m"}], "removed_at": "9m"})");
    CHECK(text_of(offer) == "[1m, 3m)[6m, 9m)");
    REQUIRE(offer.stretches[0].sightings.size() == 2);
    CHECK(offer.stretches[0].sightings[0].modification_time == noon + 1min);
    CHECK(offer.stretches[0].sightings[1].from == noon + 2min);
    CHECK(offer.stretches[0].sightings[1].modification_time == noon + 2min);
    CHECK(offer.stretches[1].sightings[0].from == noon + 6min);
    CHECK(offer.stretches[1].sightings[0].modification_time == noon + 5min);
}

TEST_CASE("what the key may not read is offered as restricted", "[truth]") {
    CHECK(offer_of(R"({"id": "1", "created": "1m"})", R"("server": {"restricted": ["1"]}, )")
              .restricted);
    CHECK_FALSE(offer_of(R"({"id": "1", "created": "1m"})").restricted);
}
