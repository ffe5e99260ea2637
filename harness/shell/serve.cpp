#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "admin.hpp"
#include "commands.hpp"
#include "files.hpp"
#include "mockxdr/json.hpp"
#include "mockxdr/server.hpp"
#include "serve_log.hpp"
#include "stage.hpp"
#include "standard_streams.hpp"
#include "stop_signals.hpp"

namespace harness {

namespace {

using namespace std::chrono_literals;

constexpr const char* keys_variable = "MOCKXDR_API_KEYS";

/// From the file, else from the environment, else the documented test key.
mockxdr::ApiKeys keys_of(const ServeOptions& options) {
    if (!options.api_key_file.empty())
        return mockxdr::read_api_keys(read_text_file(options.api_key_file), options.api_key_file,
                                      options.api_key_id);
    if (const char* keys = std::getenv(keys_variable))
        return mockxdr::read_api_keys(keys, keys_variable, options.api_key_id);
    mockxdr::ApiKeys keys;
    keys.emplace(options.api_key_id, mockxdr::ApiKey(test_key));
    return keys;
}

/// The id that a client may use: the one that was asked for if there is such a key.
std::string id_to_use(const mockxdr::ApiKeys& keys, const std::string& asked) {
    return keys.contains(asked) ? asked : keys.begin()->first;
}

std::string first_line(const ServeOptions& options, const std::string& key_id, Stage& stage,
                       const mockxdr::Server& server) {
    using mockxdr::json::Object;
    const auto seed = stage.with_play(
        [](const Play& play) { return static_cast<std::int64_t>(play.scenario.server.seed); });
    return write(Object{{"url", server.url(), {}},
                        {"port", std::int64_t{server.port()}, {}},
                        {"pid", std::int64_t{getpid()}, {}},
                        {"scenario", options.file, {}},
                        {"clock", options.clock, {}},
                        {"seed", seed, {}},
                        {"api_key_id", key_id, {}}});
}

/// The file that names the port, for as long as the server is there.
class PortFile {
   public:
    PortFile(const std::string& file, int port) {
        if (!file.empty()) written_ = write_file(file, std::to_string(port) + "\n");
    }
    ~PortFile() {
        std::error_code gone;
        if (std::filesystem::is_regular_file(written_, gone))
            std::filesystem::remove(written_, gone);
    }
    PortFile(const PortFile&) = delete;
    PortFile& operator=(const PortFile&) = delete;

   private:
    std::filesystem::path written_;
};

/// Notices that a file was written or replaced.
class FileWatch {
   public:
    explicit FileWatch(std::string file) : file_(std::move(file)), seen_(look()) {}

    bool changed() {
        const Look now = look();
        return std::exchange(seen_, now) != now && now.exists;
    }

   private:
    struct Look {
        bool exists = false;
        ino_t inode = 0;
        off_t size = 0;
        std::int64_t written_s = 0, written_ns = 0;

        friend bool operator==(const Look&, const Look&) = default;
    };

    Look look() const {
        struct stat status {};
        if (stat(file_.c_str(), &status) != 0) return {};
        return {.exists = true,
                .inode = status.st_ino,
                .size = status.st_size,
                .written_s = status.st_mtim.tv_sec,
                .written_ns = status.st_mtim.tv_nsec};
    }

    std::string file_;
    Look seen_;
};

void warn_of_runs(const ServeOptions& options, Stage& stage) {
    stage.with_play([&](const Play& play) {
        for (std::size_t i = 0; i < play.scenario.faults.size(); ++i)
            if (play.scenario.faults[i].run)
                log_note(options.log, "fault " + std::to_string(i) +
                                          " names a run; serve knows no runs, it will not fire");
    });
}

/// A broken edit leaves the last good scenario where it is.
void reload(const ServeOptions& options, Stage& stage) {
    try {
        stage.play(read_text_file(options.file), options.file);
        log_note(options.log, options.file + ": changed, plays from its start");
        warn_of_runs(options, stage);
    } catch (const xdr::Error& error) {
        log_note(options.log, std::string(error.what()) + "\n" + options.file +
                                  ": the scenario before plays on");
    }
}

bool is_over(Stage& stage) {
    return stage.with_play([](const Play& play) { return play.trial.over(play.clock.now()); });
}

/// Prints the verdict as it is now.
Exit conclude(Stage& stage) {
    const LiveVerdict verdict = stage.with_play([](Play& play) {
        return play.trial.verdict(play.clock.now(), play.service.faults().unfired());
    });
    std::cout << to_json(verdict) << "\n";
    return verdict.exit;
}

/// Until a signal comes, or the verdict if that is what is waited for.
Exit run(const ServeOptions& options, Stage& stage, FileWatch& watch, fetcher::StopSignals& stop) {
    const bool looks = options.watch || options.until_verdict;
    for (;;) {
        const bool stopped = !stop.wait(looks ? 50ms : std::chrono::hours{24});
        // A time limit that ends the mock must not look like a pass.
        if (options.until_verdict && (stopped || is_over(stage))) return conclude(stage);
        if (stopped) return Exit::ok;
        if (options.watch && watch.changed()) reload(options, stage);
    }
}

}  // namespace

Exit serve(const ServeOptions& options) {
    const Speed speed = read_speed(options.clock);
    const mockxdr::ApiKeys keys = keys_of(options);
    fetcher::StopSignals stop;
    Stage stage(keys, {.speed = speed,
                       .keep_start = options.keep_start,
                       .trial = {.journal = options.journal, .strict = options.strict},
                       .log = request_log(options.log)});
    const Admin admin(
        stage, options.admin_from_anywhere ? AdminAccess::anywhere : AdminAccess::loopback_only);
    stage.mount([&admin](const mockxdr::HttpRequest& request) { return admin.answer(request); });
    mockxdr::Server server(stage, {.host = options.host,
                                   .port = options.port,
                                   .tls_certificate = options.tls_certificate,
                                   .tls_key = options.tls_key});
    FileWatch watch(options.file);  // from before it is read: no edit is missed
    stage.play(read_text_file(options.file), options.file);
    warn_of_runs(options, stage);
    const PortFile port_file(options.port_file, server.port());
    std::cout << first_line(options, id_to_use(keys, options.api_key_id), stage, server) << "\n";
    fetcher::finish_stdout();
    const Exit exit = run(options, stage, watch, stop);
    server.stop();
    return exit;
}

}  // namespace harness
