#include "admin.hpp"

#include "mockxdr/json.hpp"
#include "print.hpp"

using namespace std::chrono_literals;
using namespace harness;
using mockxdr::HttpReply;
using mockxdr::HttpRequest;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");

const std::string world = R"({
    "title": "one comes late and goes", "start": "2024-01-01T12:00:00Z",
    "fetch": {"every": "1m", "runs": 3, "look_back": "5m", "first_fetch": "1h"},
    "incidents": [{"id": "1", "created": "30s", "removed_at": "2m"},
                  {"id": "2", "created": "-1h", "updates": [{"at": "1m", "set": {}}]}],
    "faults": [{"request": 2, "reply": {"status": 503}}]})";

struct Fixture {
    Stage stage{{{"1", mockxdr::ApiKey("secret")}}, {.speed = {.factor = 0}}};
    Admin admin{stage, AdminAccess::loopback_only};

    void load() { stage.play(world, "world.json"); }

    HttpReply ask(const std::string& method, const std::string& route, const std::string& body = "",
                  const mockxdr::Headers& parameters = {}) const {
        return admin.answer(
            {.method = method, .path = "/__mock/" + route, .parameters = parameters, .body = body});
    }

    HttpReply get_incidents() {
        return stage.answer({.method = "POST",
                             .path = "/public_api/v1/incidents/get_incidents",
                             .credentials = {.authorization = "secret", .auth_id = "1"},
                             .body = R"({"request_data": {}})"});
    }
};

/// `where: what; hint` of an error reply's first entry.
std::string problem(const HttpReply& reply) {
    const mockxdr::json::Value root =
        mockxdr::json::parse(reply.body, mockxdr::json::Comments::refused).root;
    const mockxdr::json::Value* errors = root.find("errors");
    if (!errors) return "no errors in " + reply.body;
    const auto& first = errors->get_if<mockxdr::json::Array>()->front();
    const auto text = [&](const char* key) { return *first.find(key)->get_if<std::string>(); };
    return text("where") + ": " + text("what") + "; " + text("hint");
}

bool holds(const HttpReply& reply, const std::string& part) {
    return reply.body.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "before a scenario is loaded all but health and the list is 503",
                 "[admin]") {
    CHECK(ask("GET", "health").status == 200);
    CHECK(ask("GET", "").status == 200);
    for (const std::string route :
         {"ready", "clock", "scenario", "incidents", "journal", "verdict", "explain", "faults"}) {
        CAPTURE(route);
        const HttpReply reply = ask("GET", route);
        CHECK(reply.status == 503);
        CHECK(problem(reply) == "scenario: it is being loaded; ask again soon");
    }
    for (const std::string route : {"clock/advance", "clock/set", "reset", "accepted", "done"}) {
        CAPTURE(route);
        CHECK(ask("POST", route, "{}").status == 503);
    }
    load();
    CHECK(ask("GET", "ready").body == R"({"ready": true})");
}

TEST_CASE_METHOD(Fixture, "the admin API answers other machines only where it is told to",
                 "[admin]") {
    load();
    const HttpRequest from_afar{.method = "GET", .path = "/__mock/health", .from_loopback = false};
    const HttpReply refused = admin.answer(from_afar);
    CHECK(refused.status == 403);
    CHECK(problem(refused) ==
          "/__mock/health: the admin API answers this machine only; start the mock with "
          "--admin-from-anywhere");
    CHECK(Admin(stage, AdminAccess::anywhere).answer(from_afar).status == 200);
    HttpRequest advance = from_afar;
    advance.method = "POST";
    advance.path = "/__mock/clock/advance";
    advance.body = R"({"by": "1h"})";
    CHECK(admin.answer(advance).status == 403);
    CHECK(stage.now() == noon);
}

TEST_CASE_METHOD(Fixture, "an advance tells in order what happened on the way", "[admin]") {
    load();
    const HttpReply reply = ask("POST", "clock/advance", R"({"by": "2m"})");
    CHECK(reply.status == 200);
    CHECK(reply.date == noon + 2min);
    const auto appears = reply.body.find("appears"), changes = reply.body.find("changes"),
               disappears = reply.body.find("disappears");
    CHECK(appears < changes);
    CHECK(changes < disappears);
    CHECK(disappears != std::string::npos);
    CHECK(holds(ask("POST", "clock/set", R"({"to": "2024-01-01T12:02:00Z"})"), R"("events": [])"));
}

TEST_CASE_METHOD(Fixture, "time does not go back but by a reset", "[admin]") {
    load();
    ask("POST", "clock/advance", R"({"by": "1h"})");
    for (const auto& [route, body] :
         {std::pair("clock/advance", R"({"by": "-1ms"})"),
          std::pair("clock/set", R"({"to": "2024-01-01T12:59:59Z"})")}) {
        const HttpReply reply = ask("POST", route, body);
        CHECK(reply.status == 409);
        CHECK(problem(reply) ==
              "clock: it is 2024-01-01T13:00:00Z already, and time does not go back; POST "
              "/__mock/reset starts again");
    }
    CHECK(stage.now() == noon + 1h);
    CHECK(ask("POST", "reset").date == noon);
}

TEST_CASE("a clock that runs is not moved by hand", "[admin]") {
    Stage stage({}, {.speed = {.factor = 60}, .keep_start = true});
    const Admin admin(stage, AdminAccess::loopback_only);
    stage.play(world, "world.json");
    const HttpReply reply = admin.answer(
        {.method = "POST", .path = "/__mock/clock/advance", .body = R"({"by": "1h"})"});
    CHECK(reply.status == 409);
    CHECK(problem(reply) == "clock: it runs by itself; start the mock with --clock manual");
    CHECK(stage.now() < noon + 1h);
}

TEST_CASE_METHOD(Fixture, "what a route cannot read is refused with 400 and changes nothing",
                 "[admin]") {
    load();
    const auto [route, body, word] = GENERATE(table<std::string, std::string, std::string>({
        {"clock/advance", "", "by: "},
        {"clock/advance", "{", "not JSON"},
        {"clock/advance", "[]", "an array"},
        {"clock/advance", R"({"by": 60})", "an integer"},
        {"clock/advance", R"({"by": "soon"})", "soon"},
        {"clock/set", R"({"to": "noon"})", "noon"},
        {"clock/advance", R"({"by": "soon"})", "by: "},
        {"clock/set", R"({"to": "noon"})", "to: "},
        {"clock/set", R"({"ot": "2024-01-01T12:00:00Z"})",
         "ot: unknown key; did you mean to? expected one of to"},
        {"reset", R"({"hard": true})", "hard: unknown key; the route takes none"},
        {"done", R"({"x": 1})", "x: unknown key; the route takes none"},
        {"accepted", R"({"incident_id": []})",
         "incident_id: unknown key; did you mean incident_ids? expected one of incident_ids"},
        {"accepted", "{}", "incident_ids: it is missing"},
        {"accepted", R"({"incident_ids": "1"})", "incident_ids: found text"},
        {"accepted", R"({"incident_ids": ["1", 2]})", "incident_ids[1]: found an integer"},
    }));
    CAPTURE(route, body);
    const HttpReply reply = ask("POST", route, body);
    CHECK(reply.status == 400);
    CHECK_THAT(problem(reply), Catch::Matchers::Contains(word));
    CHECK(stage.now() == noon);
    CHECK(stage.with_play([](Play& play) { return play.trial.verdict(noon, {}).basis; }) ==
          Basis::handed_over);
}

TEST_CASE_METHOD(Fixture, "a parameter that a route does not know is refused", "[admin]") {
    load();
    CHECK(problem(ask("GET", "journal", "", {{"lats", "1"}})) ==
          "lats: unknown parameter; did you mean last? expected one of last, from, request");
    CHECK(problem(ask("GET", "clock", "", {{"x", ""}})) ==
          "x: unknown parameter; the route takes none");
    CHECK(ask("POST", "reset", "", {{"x", ""}}).status == 400);
}

TEST_CASE_METHOD(Fixture, "no clock goes beyond the year 9000", "[admin]") {
    load();
    const auto refused = [&](const std::string& route, const std::string& body) {
        const HttpReply reply = ask("POST", route, body);
        CHECK(reply.status == 400);
        CHECK(problem(reply) ==
              "clock: that is after the year 9000; POST /__mock/reset starts again");
    };
    refused("clock/set", R"({"to": "9000-01-01T00:00:00.001Z"})");
    CHECK(stage.now() == noon);
    CHECK(ask("POST", "clock/set", R"({"to": "9000-01-01T00:00:00Z"})").status == 200);
    refused("clock/advance", R"({"by": "1ms"})");
}

TEST_CASE_METHOD(Fixture, "a slash at the end of a route changes nothing", "[admin]") {
    load();
    CHECK(ask("GET", "health/").status == 200);
    CHECK(ask("POST", "clock/advance/", R"({"by": "1m"})").status == 200);
    CHECK(ask("GET", "/").status == 404);
    CHECK(ask("GET", "health//").status == 404);
}

TEST_CASE_METHOD(Fixture, "parameters are numbers in their range", "[admin]") {
    load();
    CHECK(ask("GET", "incidents", "", {{"from", "1"}, {"limit", "1"}}).status == 200);
    CHECK_FALSE(holds(ask("GET", "incidents", "", {{"from", "1"}}), R"("id": "1")"));
    for (const auto& [name, value] : {std::pair("limit", "0"), std::pair("limit", "x"),
                                      std::pair("from", "-1"), std::pair("from", "")}) {
        CAPTURE(name, value);
        CHECK(ask("GET", "incidents", "", {{name, value}}).status == 400);
    }
    CHECK(ask("GET", "incidents", "", {{"from", "9"}}).status == 200);
}

TEST_CASE_METHOD(Fixture,
                 "a broken scenario is refused with all its problems, and the old one plays "
                 "on",
                 "[admin]") {
    load();
    get_incidents();
    ask("POST", "clock/advance", R"({"by": "1m"})");
    const HttpReply reply = ask("PUT", "scenario", R"({"titel": "x", "strat": "y"})");
    CHECK(reply.status == 400);
    CHECK(holds(reply, "scenario:1:2"));
    CHECK(holds(reply, "did you mean title?"));
    CHECK(holds(reply, "did you mean start?"));
    CHECK(stage.now() == noon + 1min);
    CHECK(holds(ask("GET", "scenario"), "one comes late and goes"));
    CHECK(holds(ask("GET", "journal"), R"("number": 1)"));
}

TEST_CASE_METHOD(Fixture, "a scenario is replaced from its start, with an empty journal",
                 "[admin]") {
    load();
    get_incidents();
    ask("POST", "clock/advance", R"({"by": "1h"})");
    const HttpReply reply = ask("PUT", "scenario", R"(// mine
        {"title": "another", "start": "2025-01-01T00:00:00Z",
         "incidents": [{"id": "7", "created": "0s"}]})");
    CHECK(reply.body == R"({"title": "another", "incidents": 1})");
    CHECK(stage.now() == xdr::parse_iso8601("2025-01-01T00:00:00Z"));
    CHECK_FALSE(holds(ask("GET", "scenario"), "mine"));
    CHECK_FALSE(holds(ask("GET", "journal"), R"("number")"));
}

TEST_CASE_METHOD(Fixture, "faults tell how often they fired", "[admin]") {
    load();
    CHECK(holds(ask("GET", "faults"), R"("fired": 0)"));
    get_incidents();
    CHECK(get_incidents().status == 503);
    CHECK(holds(ask("GET", "faults"), R"("fired": 1)"));
    CHECK_FALSE(holds(ask("GET", "faults"), "secret"));
}

TEST_CASE_METHOD(Fixture, "faults tell what they do and when", "[admin]") {
    stage.play(R"({"title": "runs that fail", "start": "2024-01-01T12:00:00Z",
        "fetch": {"every": "1m", "runs": 5, "look_back": "5m"},
        "incidents": [{"id": "1", "created": "0s"}],
        "faults": [{"run": 1, "crash": "lost_save"}, {"run": 3, "restore": 1},
                   {"run": 4, "restore": 2}, {"run": 2, "reply": {"cut": true}}]})",
               "faults.json");
    const std::string body = ask("GET", "faults").body;
    CAPTURE(body);
    const auto tells = [&](const std::string& text) { return body.find(text) != body.npos; };
    CHECK(tells(R"("when": {"run": 1}, "what": "crash lost_save")"));
    CHECK(tells(R"("when": {"run": 3}, "what": "restore the last run of 1 save ago")"));
    CHECK(tells(R"("when": {"run": 4}, "what": "restore the last run of 2 saves ago")"));
    CHECK(tells(R"("when": {"run": 2, "endpoint": "get_incidents"})"));
}

TEST_CASE_METHOD(Fixture, "what is said twice is refused", "[admin]") {
    load();
    CHECK(problem(ask("POST", "clock/advance", R"({"by": "1m", "by": "10m"})")) ==
          "/by: the key stands twice; write it once");
    CHECK(stage.now() == noon);
    CHECK(problem(ask("GET", "journal", "", {{"last", "1"}, {"last", "5"}})) ==
          "last: the parameter stands twice; write it once");
}

TEST_CASE_METHOD(Fixture, "what is not there is named", "[admin]") {
    load();
    CHECK(problem(ask("GET", "nowhere")) ==
          "GET /__mock/nowhere: no such route; GET /__mock/ lists the routes");
    CHECK(ask("GET", "nowhere").status == 404);
    CHECK(ask("DELETE", "clock").status == 405);
    CHECK(ask("GET", "journal", "", {{"request", "1"}}).status == 404);
    CHECK(ask("GET", "explain").status == 400);
    CHECK(ask("GET", "explain", "", {{"incident", "9"}}).status == 404);
    CHECK(admin.answer({.method = "GET", .path = "/__mock"}).status == 200);
}

TEST_CASE_METHOD(Fixture, "done ends the play where nothing more can happen", "[admin]") {
    load();
    ask("POST", "clock/advance", R"({"by": "1m"})");
    get_incidents();
    CHECK(holds(ask("POST", "accepted", R"({"incident_ids": ["1", "9"]})"), R"("unknown": ["9"])"));
    CHECK(holds(ask("GET", "verdict"), R"("basis": "accepted")"));
    ask("POST", "clock/advance", R"({"by": "1h"})");
    CHECK(holds(ask("POST", "done"), R"("outcome": "fail")"));  // 9 is of no incident
}
