#include <rapidcheck.h>

#include "fetcher/wire.hpp"
#include "print.hpp"
#include "property.hpp"

using namespace std::chrono_literals;
using namespace fetcher;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

}  // namespace

TEST_CASE("a last run that is none is refused with its place", "[wire]") {
    const auto [text, where] = GENERATE(table<std::string, std::string>({
        {"", ""},
        {"[]", ""},
        {"null", ""},
        {R"({"frontier": 1})", "/version"},
        {R"({"frontier": 1, "version": 2})", "/version"},
        {R"({"version": 1, "frontier": "1"})", "/sweep"},
        {R"({"version": 1, "sweep": "creation", "frontier": 1})", "/sweep"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": "1"})", "/frontier"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": 1})", "/newest"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": 1, "newest": "x"})", "/newest"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": 1, "newest": null, "batch": "1"})",
         "/batch"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": 1, "newest": null, "batch": 1})",
         "/seen"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": 1, "newest": null, "batch": 1, "seen": []})",
         "/seen"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": 1, "newest": null, "batch": 1, "seen": {"7": "x"}})",
         "/seen/7"},
        {R"({"last_fetch": "x"})", "/last_fetch"},
        {R"({"last_fetch": 9007199254740992})", "/last_fetch"},
        {R"({"last_fetch": -9007199254740992})", "/last_fetch"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": 18446744073709551615})",
         "/frontier"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": 1, "newest": null, "batch": -1})",
         "/batch"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": 1, "newest": null, "batch": 18446744073709551615})",
         "/batch"},
        {R"({"version": 1, "sweep": "creation_time", "frontier": 1, "newest": null, "batch": 9223372036854775808})",
         "/batch"},
    }));
    CAPTURE(text);
    CHECK(problem_of([&] { state_from_json(text); }).where == where);
}

TEST_CASE("a place to go on from that is none is refused with its place", "[wire]") {
    const auto [resume, where] = GENERATE(table<std::string, std::string>({
        {"7", "/resume"},
        {"{}", "/resume/at"},
        {R"({"at": "x"})", "/resume/at"},
        {R"({"at": 5})", "/resume/settled"},
        {R"({"at": 5, "settled": null})", "/resume/settled"},
        {R"({"at": 4, "settled": 5})", "/resume/at"},
        {R"({"at": 5, "settled": 5, "until": "x"})", "/resume/until"},
        {R"({"at": 5, "settled": 5, "until": 4})", "/resume/until"},
        {R"({"at": 5, "settled": 5, "span_ms": 0})", "/resume/span_ms"},
        {R"({"at": 5, "settled": 5, "span_ms": "1"})", "/resume/span_ms"},
        {R"({"at": 5, "settled": 5, "span_ms": 18446744073709551615})", "/resume/span_ms"},
        {R"({"at": 5, "settled": 5, "millisecond": 1})", "/resume/millisecond"},
        {R"({"at": 5, "settled": 5, "millisecond": {}})", "/resume/millisecond/offset"},
        {R"({"at": 5, "settled": 5, "millisecond": {"offset": -1}})", "/resume/millisecond/offset"},
        {R"({"at": 5, "settled": 5, "millisecond": {"offset": 18446744073709551615}})",
         "/resume/millisecond/offset"},
        {R"({"at": 5, "settled": 5, "millisecond": {"offset": 1}})", "/resume/millisecond/overlap"},
        {R"({"at": 5, "settled": 5, "millisecond": {"offset": 1, "overlap": 1}})",
         "/resume/millisecond/overlap"},
        {R"({"at": 5, "settled": 5, "millisecond": {"offset": 1, "overlap": [1]}})",
         "/resume/millisecond/overlap"},
    }));
    CAPTURE(resume);
    const std::string text =
        R"({"version": 1, "sweep": "creation_time", "frontier": 5, "newest": null, "batch": 1,)"
        R"( "seen": {}, "resume": )" +
        resume + "}";
    CHECK(problem_of([&] { state_from_json(text); }).where == where);
}

TEST_CASE("a last run of the last year that has four digits is read", "[wire]") {
    const TimePoint last = xdr::parse_iso8601("9999-12-31T23:59:59.999Z");
    const CompleteState state{
        .frontier = last,
        .newest = last,
        .seen = {},
        .batch = 1,
        .resume = Resume{.position = {.at = last + 1ms, .until = last + 24h}, .settled = last}};
    CHECK(state_from_json(to_json(state)) == State{state});
}

TEST_CASE("a count of runs goes on at the largest number", "[wire]") {
    const State state =
        state_from_json(R"({"version": 1, "sweep": "creation_time", "frontier": 1, "newest": null,)"
                        R"( "batch": 9223372036854775807, "seen": {}})");
    CHECK(std::get<CompleteState>(state).batch + 1 == INT64_MAX);
}

TEST_CASE("a last run that knows nothing of going on is read as before", "[wire]") {
    const std::string text =
        R"({"batch":3,"frontier":1704110400000,"newest":1704110400000,"seen":{"7":1704110400000},)"
        R"("sweep":"creation_time","version":1})";
    const State state = state_from_json(text);
    CHECK(state == State{CompleteState{.field = TimeField::creation_time,
                                       .frontier = noon,
                                       .newest = noon,
                                       .seen = {{.id = IncidentId("7"), .at = noon}},
                                       .batch = 3,
                                       .resume = std::nullopt}});
    CHECK(to_json(state) == text);
    CHECK(state_from_json(text.substr(0, text.size() - 1) + R"(,"resume":null})") == state);
}

TEST_CASE("every last run survives its JSON", "[wire][property]") {
    CHECK(to_json(State{}) == "{}");
    CHECK(state_from_json("{}") == State{});
    CHECK(state_from_json(to_json(CursorState{.last_fetch = noon})) ==
          State{CursorState{.last_fetch = noon}});
    lookback::LastRun last_run;
    last_run.time = "2024-01-01T12:00:00";
    CHECK(state_from_json(to_json(last_run)) == State{last_run});
    require_property("state round trip", [] {
        const auto time = [] {
            return TimePoint{Millis{*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000)}};
        };
        CompleteState state;
        if (*rc::gen::arbitrary<bool>()) state.field = TimeField::modification_time;
        state.frontier = time();
        if (*rc::gen::arbitrary<bool>()) state.newest = time();
        state.batch = *rc::gen::inRange(0, 1000);
        const int count = *rc::gen::inRange(0, 20);
        for (int i = 0; i < count; ++i)
            state.seen.push_back({.id = IncidentId(std::to_string(i * 7)), .at = time()});
        if (*rc::gen::arbitrary<bool>()) {
            const auto span = [] { return Millis{*rc::gen::inRange<std::int64_t>(1, 1'000'000)}; };
            Resume resume;
            resume.position.at = state.frontier + span();
            resume.settled = time();
            if (*rc::gen::arbitrary<bool>()) resume.position.until = resume.position.at + span();
            if (*rc::gen::arbitrary<bool>()) resume.position.span = span();
            if (*rc::gen::arbitrary<bool>()) {
                resume.position.millisecond = MillisecondPosition{.offset = span().count()};
                for (int i = 0; i < count; ++i)
                    resume.position.millisecond->overlap.emplace_back(std::to_string(i * 7));
            }
            state.resume = resume;
        }
        RC_ASSERT(state_from_json(to_json(state)) == State{state});
    });
}
