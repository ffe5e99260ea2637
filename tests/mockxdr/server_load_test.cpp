#include <httplib.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "mockxdr/http_date.hpp"
#include "mockxdr/json.hpp"
#include "mockxdr/server.hpp"
#include "print.hpp"
#include "scenarios.hpp"

using namespace std::chrono_literals;
using namespace mockxdr;

namespace {

const TimePoint noon = xdr::parse_iso8601("2024-01-01T12:00:00Z");
const std::string incidents_path = "/public_api/v1/incidents/";

constexpr int clients = 64;
constexpr int requests_each = 20;
constexpr int generations = 100;
constexpr int size = 20;

/// All incidents change together at each full minute: `notes` says which minute it is, and `status`
/// whether that is an even one.
std::string changing_world() {
    std::string updates;
    for (int minute = 1; minute <= generations; ++minute) {
        const std::string text = std::to_string(minute);
        const std::string status = minute % 2 == 0 ? "new" : "under_investigation";
        updates += (minute > 1 ? "," : "") + std::string(R"({"at": ")") + text +
                   R"(m", "set": {"notes": ")" + text + R"(", "status": ")" + status + "\"}}";
    }
    return R"("incidents": [{"id": "{n}", "created": "0s", "repeat": )" + std::to_string(size) +
           R"(, "fields": {"notes": "0"}, "updates": [)" + updates + "]}]";
}

/// Goes on a minute whenever so many more requests were answered, until all minutes are over.
class RequestClock {
   public:
    TimePoint now() const { return now_; }

    /// Waits for a clock that lags behind.
    void answered() {
        std::unique_lock lock(mutex_);
        ++answered_;
        changed_.notify_all();
        changed_.wait(lock,
                      [&] { return minute_ == generations || answered_ < (minute_ + 2) * step; });
    }

    void run() {
        while (minute_ < generations) {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return answered_ >= (minute_ + 1) * step; });
            ++minute_;
            now_ = noon + minute_ * 1min;
            changed_.notify_all();
        }
    }

   private:
    static constexpr int step = clients * requests_each / (generations + 1);

    std::mutex mutex_;
    std::condition_variable changed_;
    int answered_ = 0, minute_ = 0;
    std::atomic<TimePoint> now_ = noon;
};

/// What a reply says beside its instant.
struct Told {
    int minute = 0;  ///< of its `Date`
    json::Value reply;
};

std::string text_of(const json::Value& object, std::string_view key) {
    const json::Value* value = object.find(key);
    const auto* text = value ? value->get_if<std::string>() : nullptr;
    return text ? *text : "no " + std::string(key);
}

std::int64_t number_of(const json::Value& object, std::string_view key) {
    const json::Value* value = object.find(key);
    const auto* number = value ? value->get_if<std::int64_t>() : nullptr;
    return number ? *number : -1;
}

/// One busy client on one connection. Catch2 takes no assertions from other threads than its own:
/// what is wrong is collected.
class Client {
   public:
    Client(int port, int number) : http_("127.0.0.1", port), number_(number) {
        http_.set_keep_alive(true);
        http_.set_tcp_nodelay(true);
        http_.set_read_timeout(60);  // a test fails then, and does not hang
    }

    std::set<int> minutes;           ///< that replies were of
    std::vector<std::string> wrong;  ///< one sentence each

    /// The n-th request of a client: each endpoint in turn, another one to begin with.
    void ask(int n) {
        using Ask = void (Client::*)();
        static constexpr std::array<Ask, 8> asks{
            &Client::ask_for_all,       &Client::ask_for_new,    &Client::ask_for_alerts,
            &Client::ask_for_health,    &Client::ask_for_a_page, &Client::assign,
            &Client::ask_without_a_key, &Client::ask_for_many};
        (this->*asks.at(static_cast<std::size_t>(n + number_) % asks.size()))();
    }

   private:
    void fail(const std::string& what) {
        wrong.push_back("client " + std::to_string(number_) + ": " + what);
    }

    httplib::Headers headers(const std::string& key) const {
        httplib::Headers out{{"Authorization", key}, {"x-xdr-auth-id", "1"}};
        // Half of them take what was compressed for another.
        if (number_ % 2 == 0) out.emplace("Accept-Encoding", "gzip");
        return out;
    }

    /// The body of a reply with that status, and when it was answered.
    std::optional<std::pair<std::string, int>> post(const std::string& name,
                                                    const std::string& data, int status,
                                                    const std::string& key = "k") {
        const auto result = http_.Post((incidents_path + name).c_str(), headers(key),
                                       "{\"request_data\": " + data + "}", "application/json");
        if (!result) {
            fail(name + ": " + httplib::to_string(result.error()));
            return std::nullopt;
        }
        if (result->status != status) {
            fail(name + ": status " + std::to_string(result->status) + ": " + result->body);
            return std::nullopt;
        }
        for (int minute = 0; minute <= generations; ++minute)
            if (http_date(noon + minute * 1min) == result->get_header_value("Date")) {
                minutes.insert(minute);
                return std::pair(result->body, minute);
            }
        fail(name + ": of no minute, " + result->get_header_value("Date"));
        return std::nullopt;
    }

    std::optional<Told> told(const std::string& name, const std::string& data) {
        const auto posted = post(name, data, 200);
        if (!posted) return std::nullopt;
        const json::Value root = json::parse(posted->first, json::Comments::refused).root;
        const json::Value* reply = root.find("reply");
        if (!reply) return std::nullopt;
        return Told{.minute = posted->second, .reply = *reply};
    }

    void check_incident(const json::Value& incident, int minute) {
        const std::string expected = std::to_string(minute);
        if (text_of(incident, "notes") != expected)
            fail("torn: notes of minute " + text_of(incident, "notes") + " in a reply of minute " +
                 expected);
        const auto modified = xdr::Millis((noon + minute * 1min).time_since_epoch()).count();
        if (number_of(incident, "modification_time") != modified)
            fail("torn: modified at another time than minute " + expected);
    }

    /// `rows`: how many are on the page; `wrapped`: each is beside its alerts.
    void check_page(const Told& page, int total, int rows, bool wrapped = false) {
        const json::Value* incidents = page.reply.find("incidents");
        const auto* array = incidents ? incidents->get_if<json::Array>() : nullptr;
        if (!array || number_of(page.reply, "total_count") != total ||
            number_of(page.reply, "result_count") != rows ||
            array->size() != static_cast<std::size_t>(rows))
            return fail("torn: expected " + std::to_string(rows) + " of " + std::to_string(total) +
                        " in minute " + std::to_string(page.minute) + ", found " +
                        json::write(page.reply).substr(0, 60));
        for (const json::Value& row : *array)
            check_incident(wrapped ? *row.find("incident") : row, page.minute);
    }

    void ask_for_all() {
        if (const auto page = told("get_incidents", "{}")) check_page(*page, size, size);
    }

    void ask_for_new() {
        const auto page = told("get_incidents/", R"({"filters": [
            {"field": "status", "operator": "in", "value": ["new", "resolved_auto"]},
            {"field": "creation_time", "operator": "gte", "value": 1}]})");
        if (!page) return;
        const int all_or_none = page->minute % 2 == 0 ? size : 0;
        check_page(*page, all_or_none, all_or_none);
    }

    void ask_for_a_page() {
        const auto page = told("get_incidents", R"({"search_from": 5, "search_to": 12,
            "sort": {"field": "modification_time", "keyword": "desc"}})");
        if (page) check_page(*page, size, 7);
    }

    void ask_for_many() {
        const auto page = told("get_multiple_incidents_extra_data", R"({"search_to": 5})");
        if (page) check_page(*page, size, 5, true);
    }

    void ask_for_alerts() {
        const auto extra = told("get_incident_extra_data", R"({"incident_id": ")" +
                                                               std::to_string(1 + number_ % size) +
                                                               R"(", "alerts_limit": 2})");
        if (extra) check_incident(*extra->reply.find("incident"), extra->minute);
    }

    void assign() {
        const auto reply = post("update_incident",
                                R"({"incident_id": ")" + std::to_string(1 + number_ % size) +
                                    R"(", "update_data": {"assigned_user_mail": "u)" +
                                    std::to_string(number_) + R"(@example.com"}})",
                                200);
        if (reply && reply->first != R"({"reply": true})") fail("update: " + reply->first);
    }

    void ask_without_a_key() { post("get_incidents", "{}", 401, "wrong"); }

    void ask_for_health() {
        const auto result = http_.Get("/public_api/v1/healthcheck");
        if (!result || result->body.size() != 22) fail("not healthy");
    }

    httplib::Client http_;
    int number_;
};

}  // namespace

TEST_CASE("64 busy clients get replies of one instant each while the clock is advanced 100 times",
          "[server][load]") {
    RequestClock clock;
    Service service(scenario(changing_world()), noon, {{"1", ApiKey("k")}});
    TimePoint last = noon;
    std::uint64_t seen = 0;
    bool in_order = true;
    service.on_exchange([&](const Exchange& exchange) {  // one at a time
        in_order = in_order && exchange.at >= last && exchange.number == seen + 1;
        last = exchange.at;
        seen = exchange.number;
    });
    const Server server(service, [&] { return clock.now(); }, {});

    std::vector<std::unique_ptr<Client>> busy;
    for (int i = 0; i < clients; ++i) busy.push_back(std::make_unique<Client>(server.port(), i));
    std::vector<std::thread> threads;
    threads.emplace_back([&] { clock.run(); });
    for (const auto& client : busy)
        threads.emplace_back([&clock, &one = *client] {
            for (int n = 0; n < requests_each; ++n) {
                one.ask(n);
                clock.answered();
            }
        });
    for (std::thread& thread : threads) thread.join();

    std::vector<std::string> wrong;
    std::set<int> minutes;
    for (const auto& client : busy) {
        wrong.insert(wrong.end(), client->wrong.begin(), client->wrong.end());
        minutes.insert(client->minutes.begin(), client->minutes.end());
    }
    CHECK(wrong == std::vector<std::string>{});
    CHECK(minutes.size() > generations / 2);
    CHECK(clock.now() == noon + generations * 1min);
    CHECK(seen == clients * requests_each);
    CHECK(in_order);
}
