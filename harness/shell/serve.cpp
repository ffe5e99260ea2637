#include <spdlog/spdlog.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <iostream>

#include "commands.hpp"
#include "files.hpp"
#include "mockxdr/json.hpp"
#include "mockxdr/server.hpp"
#include "patient_log.hpp"
#include "standard_streams.hpp"

namespace harness {

namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

/// Real time, from `start` on, `factor` times as fast.
class ScaledClock {
   public:
    ScaledClock(TimePoint start, std::int64_t factor) : start_(start), factor_(factor) {}

    TimePoint now() const {
        const auto passed =
            std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - began_);
        return start_ + std::chrono::duration_cast<Millis>(passed * factor_);
    }

   private:
    TimePoint start_;
    std::int64_t factor_;
    steady_clock::time_point began_ = steady_clock::now();
};

/// `real` is 1, `60x` is 60.
std::int64_t speed(const std::string& clock) {
    if (clock == "real") return 1;
    std::int64_t factor = 0;
    const auto [end, error] = std::from_chars(clock.data(), clock.data() + clock.size(), factor);
    if (error != std::errc() || std::string_view(end) != "x" || factor < 1 || factor > 1'000'000)
        throw xdr::Error({.where = "--clock",
                          .what = "'" + clock + "' is no clock",
                          .hint = "write real, or how many times as fast, such as 60x"});
    return factor;
}

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.pop_back();
    return text;
}

mockxdr::ApiKeys keys_of(const ServeOptions& options) {
    if (options.api_key_file.empty() && options.api_key_id == test_key_id) return test_keys();
    std::string key = test_key;
    if (!options.api_key_file.empty()) key = trimmed(read_text_file(options.api_key_file));
    if (key.empty())
        throw xdr::Error({.where = options.api_key_file,
                          .what = "the file holds no key",
                          .hint = "write the key into it, one line"});
    mockxdr::ApiKeys keys;
    keys.emplace(options.api_key_id, mockxdr::ApiKey(key));
    return keys;
}

struct OutcomeText {
    std::string operator()(const mockxdr::Selection& selection) const {
        return "200, " + std::to_string(selection.rows.size()) + " of " +
               std::to_string(selection.total_count) + " incidents";
    }
    std::string operator()(const mockxdr::Refusal& refusal) const {
        return std::to_string(refusal.status) + ", " + refusal.err_msg +
               (refusal.err_extra.empty() ? "" : ": " + refusal.err_extra);
    }
    std::string operator()(const mockxdr::ReplyFault& fault) const {
        return "fault: " + mockxdr::describe(fault);
    }
};

/// What clients send goes into the log: no line ends and no terminal codes among it.
std::string printable(const std::string& text) {
    std::string out;
    mockxdr::json::write_text(text.substr(0, 300), out);
    return out.substr(1, out.size() - 2);
}

void log_exchange(spdlog::logger& log, const mockxdr::Exchange& exchange) {
    const std::string name =
        exchange.request == 0 ? "request" : "request " + std::to_string(exchange.request);
    log.info("{} at {} {} -> {}", name, xdr::iso8601(exchange.at), printable(exchange.target),
             printable(std::visit(OutcomeText{}, *exchange.answer)));
}

std::string first_line(const ServeOptions& options, const mockxdr::Scenario& scenario,
                       const mockxdr::Server& server) {
    using mockxdr::json::Object;
    return write(Object{{"url", server.url(), {}},
                        {"port", std::int64_t{server.port()}, {}},
                        {"pid", std::int64_t{getpid()}, {}},
                        {"scenario", options.file, {}},
                        {"clock", options.clock, {}},
                        {"seed", static_cast<std::int64_t>(scenario.server.seed), {}},
                        {"api_key_id", options.api_key_id, {}}});
}

/// The file that names the port, for as long as the server is there.
class PortFile {
   public:
    PortFile(std::string file, int port) : file_(std::move(file)) {
        if (!file_.empty()) write_file_atomically(file_, std::to_string(port) + "\n");
    }
    ~PortFile() {
        std::error_code gone;
        if (!file_.empty()) std::filesystem::remove(file_, gone);
    }
    PortFile(const PortFile&) = delete;
    PortFile& operator=(const PortFile&) = delete;

   private:
    std::string file_;
};

/// Keeps SIGTERM and SIGINT from all threads, so that one can wait for them.
sigset_t block_stop_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return signals;
}

}  // namespace

Exit serve(const ServeOptions& options) {
    const std::int64_t factor = speed(options.clock);
    const mockxdr::Scenario scenario = load_scenario(options.file);
    mockxdr::ApiKeys keys = keys_of(options);
    const sigset_t signals = block_stop_signals();
    const TimePoint start =
        options.keep_start ? scenario.start : std::chrono::floor<Millis>(system_clock::now());
    mockxdr::Service service(scenario, start, std::move(keys));
    spdlog::logger log("mockxdr", std::make_shared<PatientLog>());
    log.set_pattern("%v");
    service.on_exchange([&](const mockxdr::Exchange& exchange) { log_exchange(log, exchange); });
    for (std::size_t i = 0; i < scenario.faults.size(); ++i)
        if (scenario.faults[i].run)
            log.warn("fault {} names a run; serve knows no runs, it will not fire", i);
    const ScaledClock clock(start, factor);
    mockxdr::Server server(
        service, [&clock] { return clock.now(); }, {.host = options.host, .port = options.port},
        [&] { return scenario.server.latency / factor; });
    const PortFile port_file(options.port_file, server.port());
    std::cout << first_line(options, scenario, server) << "\n";
    fetcher::finish_stdout();
    int received = 0;
    sigwait(&signals, &received);
    server.stop();
    return Exit::ok;
}

}  // namespace harness
