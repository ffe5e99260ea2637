#include "stage.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "../mockxdr/site_rig.hpp"
#include "print.hpp"

using namespace std::chrono_literals;
using namespace harness;
using mockxdr::HttpReply;
using mockxdr::HttpRequest;
using mockxdr::noon;
using mockxdr::receive_reply;

namespace {

std::string scenario_text(const std::string& id, const std::string& more = "") {
    return R"({"title": "world )" + id + R"(", "start": "2024-01-01T12:00:00Z", )" + more +
           R"("incidents": [{"id": ")" + id + R"(", "created": "-1h"}]})";
}

HttpRequest get_incidents() {
    return {.method = "POST",
            .path = "/public_api/v1/incidents/get_incidents",
            .credentials = {.authorization = "k", .auth_id = "1"},
            .body = R"({"request_data": {}})"};
}

/// A stage with a manual clock that tells how many requests it has answered.
struct Staged {
    explicit Staged(StageOptions options = {.speed = {.factor = 0}})
        : stage({{"1", mockxdr::ApiKey("k")}}, counting(std::move(options))) {}

    StageOptions counting(StageOptions options) {
        options.log = [this](const JournalEntry&) {
            const std::lock_guard lock(mutex);
            ++answered;
            changed.notify_all();
        };
        return options;
    }

    void until_answered(int count) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return answered >= count; });
    }

    void advance_to(TimePoint time) {
        stage.with_play([&](Play& play) { play.clock.advance_to(time); });
    }

    std::string title() {
        return stage.with_play([](const Play& play) { return play.scenario.title; });
    }

    std::mutex mutex;
    std::condition_variable changed;
    int answered = 0;
    Stage stage;
};

bool holds(const HttpReply& reply, const std::string& part) {
    return reply.body.find(part) != std::string::npos;
}

const std::string slow = R"("faults": [{"request": 1, "reply": {"delay": "1m"}}], )";

/// get_incidents as bytes.
std::string request_text() {
    const std::string body = get_incidents().body;
    return "POST " + get_incidents().path +
           " HTTP/1.1\r\nAuthorization: k\r\nx-xdr-auth-id: 1\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("a stage without a play answers 503, whatever is asked", "[stage]") {
    Staged staged;
    CHECK_FALSE(staged.stage.ready());
    for (const std::string& path : {get_incidents().path, std::string("/nowhere")}) {
        HttpRequest request = get_incidents();
        request.path = path;
        const HttpReply reply = staged.stage.answer(request);
        CHECK(reply.status == 503);
        CHECK(reply.body == "the scenario is being loaded\n");
        CHECK(reply.date > noon);
        CHECK(staged.stage.refuse(request, 400).date > noon);
    }
    CHECK_THROWS_AS(staged.stage.reset(), xdr::Error);
    CHECK(staged.stage.nap(noon) >= 1ms);
    staged.stage.play(scenario_text("1"), "one.json");
    CHECK(staged.stage.ready());
    CHECK(staged.stage.answer(get_incidents()).status == 200);
}

TEST_CASE("a reply is of one instant of the play's clock", "[stage]") {
    Staged staged;
    staged.stage.play(scenario_text("1"), "one.json");
    CHECK(staged.stage.answer(get_incidents()).date == noon);
    staged.advance_to(noon + 90s);
    CHECK(staged.stage.now() == noon + 90s);
    CHECK(staged.stage.answer(get_incidents()).date == noon + 90s);
}

TEST_CASE("a scenario takes the place of the one before, from its start", "[stage]") {
    Staged staged;
    staged.stage.play(scenario_text("1"), "one.json");
    staged.stage.answer(get_incidents());
    staged.advance_to(noon + 1h);
    staged.stage.play(scenario_text("2"), "two.json");
    CHECK(staged.title() == "world 2");
    CHECK(staged.stage.now() == noon);
    CHECK(
        staged.stage.with_play([](Play& play) { return play.trial.journal().entries().empty(); }));
    CHECK(holds(staged.stage.answer(get_incidents()), R"("incident_id": "2")"));
}

TEST_CASE("a text that is no scenario changes nothing", "[stage]") {
    Staged staged;
    CHECK_THROWS_AS(staged.stage.play("{", "none.json"), mockxdr::ScenarioError);
    CHECK_FALSE(staged.stage.ready());
    staged.stage.play(scenario_text("1"), "one.json");
    staged.stage.answer(get_incidents());
    staged.advance_to(noon + 1h);
    const auto broken = GENERATE(as<std::string>(), "", "{", "[]",
                                 R"({"title": "no incidents", "start": "2024-01-01T12:00:00Z"})");
    CHECK_THROWS_AS(staged.stage.play(broken, "broken.json"), mockxdr::ScenarioError);
    CHECK(staged.title() == "world 1");
    CHECK(staged.stage.now() == noon + 1h);
    CHECK(staged.stage.with_play(
              [](Play& play) { return play.trial.journal().entries().size(); }) == 1);
}

TEST_CASE("a reset plays the same scenario from its start, without what clients changed",
          "[stage]") {
    Staged staged;
    staged.stage.play(scenario_text("1"), "one.json");
    HttpRequest update = get_incidents();
    update.path = "/public_api/v1/incidents/update_incident";
    update.body = R"({"request_data": {"incident_id": "1", "update_data": {"status": "new",
        "assigned_user_mail": "a@b.example"}}})";
    staged.advance_to(noon + 1h);
    CHECK(staged.stage.answer(update).status == 200);
    CHECK(holds(staged.stage.answer(get_incidents()), "a@b.example"));
    staged.stage.reset();
    CHECK(staged.title() == "world 1");
    CHECK(staged.stage.now() == noon);
    CHECK_FALSE(holds(staged.stage.answer(get_incidents()), "a@b.example"));
}

TEST_CASE("a reply that is held back leaves when the play begins anew", "[stage]") {
    Staged staged;
    staged.stage.play(scenario_text("1", slow), "one.json");
    const mockxdr::Server server(staged.stage, {});
    mockxdr::Socket held(server, request_text());
    staged.until_answered(1);
    staged.stage.reset();
    CHECK(receive_reply(held).head.starts_with("HTTP/1.1 200"));  // of a world that is over
    mockxdr::Socket another(server, request_text());  // the first of the new play, and late too
    staged.until_answered(2);
    mockxdr::Socket prompt(server, request_text());
    CHECK(receive_reply(prompt).head.starts_with("HTTP/1.1 200"));
    staged.advance_to(noon + 1min);
    CHECK(receive_reply(another).head.starts_with("HTTP/1.1 200"));
}

TEST_CASE("a reply that is held back does not keep a server from stopping", "[stage]") {
    Staged staged;
    staged.stage.play(scenario_text("1", slow), "one.json");
    mockxdr::Server server(staged.stage, {});
    mockxdr::Socket held(server, request_text());
    staged.until_answered(1);
    server.stop();
    CHECK(receive_reply(held).head.starts_with("HTTP/1.1 200"));
}

TEST_CASE("requests go on while scenarios come and go, each answered by one of them", "[stage]") {
    Staged staged;
    staged.stage.play(scenario_text("1"), "one.json");
    std::atomic<bool> over = false;
    std::array<int, 4> torn{};
    std::vector<std::thread> threads;
    for (int& mine : torn)
        threads.emplace_back([&staged, &over, &mine] {
            while (!over) {
                const HttpReply reply = staged.stage.answer(get_incidents());
                const bool one = holds(reply, R"("incident_id": "1")");
                const bool two = holds(reply, R"("incident_id": "2")");
                if (reply.status != 200 || one == two) ++mine;
            }
        });
    for (int i = 0; i < 20; ++i) {
        staged.stage.play(scenario_text(i % 2 == 0 ? "2" : "1"), "next.json");
        staged.stage.reset();
        staged.until_answered(20 * (i + 1));
    }
    over = true;
    for (std::thread& thread : threads) thread.join();
    CHECK(torn == std::array<int, 4>{});
}

TEST_CASE("latency moves a manual clock, and holds a reply back where the clock runs", "[stage]") {
    const std::string text = scenario_text("1", R"("server": {"latency": "2s"}, )");
    Staged manual;
    manual.stage.play(text, "one.json");
    const HttpReply first = manual.stage.answer(get_incidents());
    CHECK(first.date == noon);
    CHECK(first.delivery.delay == 0s);
    CHECK(manual.stage.answer(get_incidents()).date == noon + 2s);
    Staged real({.speed = {.factor = 1}});
    real.stage.play(text, "one.json");
    CHECK(real.stage.answer(get_incidents()).delivery.delay == 2s);
}

TEST_CASE("the start moves to now where the clock runs, unless it is kept", "[stage]") {
    const auto start = [](const StageOptions& options) {
        Staged staged(options);
        staged.stage.play(scenario_text("1"), "one.json");
        return staged.stage.with_play(
            [](const Play& play) { return play.service.world().start(); });
    };
    CHECK(start({.speed = {.factor = 0}}) == noon);
    CHECK(start({.speed = {.factor = 60}, .keep_start = true}) == noon);
    CHECK(start({.speed = {.factor = 60}}) > noon + 24h);
}

TEST_CASE("paths of the admin API go to it, and no others", "[stage]") {
    Staged staged;
    staged.stage.mount(
        [](const HttpRequest& request) { return HttpReply{.status = 299, .body = request.path}; });
    staged.stage.play(scenario_text("1"), "one.json");
    const auto status = [&](const std::string& path) {
        HttpRequest request = get_incidents();
        request.path = path;
        return staged.stage.answer(request).status;
    };
    CHECK(status("/__mock") == 299);
    CHECK(status("/__mock/") == 299);
    CHECK(status("/__mock/clock") == 299);
    CHECK(status("/__mocked") == 500);
    CHECK(status(get_incidents().path) == 200);
    CHECK(staged.answered == 2);
}
