#include "stage.hpp"

#include <utility>

#include "fetcher/policy.hpp"

namespace harness {

namespace {

TimePoint real_now() { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

mockxdr::HttpReply not_ready() {
    return {.status = 503, .content_type = "text/plain", .body = "the scenario is being loaded\n"};
}

}  // namespace

Play::Play(std::string file_text, mockxdr::Scenario read, TimePoint start, mockxdr::ApiKeys keys,
           const StageOptions& options)
    : text(std::move(file_text)),
      scenario(std::move(read)),
      clock(start, options.speed),
      service(scenario, start, std::move(keys)),
      trial(service.world(), scenario, options.trial) {
    service.use_real_time(real_now);
    service.on_exchange([this, log = options.log](const mockxdr::Exchange& exchange) {
        trial.record(exchange);
        if (log) log(trial.journal().entries().back());
    });
}

Stage::Stage(mockxdr::ApiKeys keys, StageOptions options)
    : keys_(std::move(keys)), options_(std::move(options)) {}

/// A client of today asks for what happened lately: the history must lie there.
TimePoint Stage::start_of(const mockxdr::Scenario& scenario) const {
    const bool stays = options_.keep_start || options_.speed.is_manual();
    return stays ? scenario.start : real_now();
}

void Stage::put_on(std::string text, mockxdr::Scenario scenario) {
    const TimePoint start = start_of(scenario);
    auto next =
        std::make_unique<Play>(std::move(text), std::move(scenario), start, keys_, options_);
    const std::lock_guard lock(mutex_);
    play_.swap(next);
}

void Stage::play(std::string text, const std::string& file) {
    mockxdr::Scenario scenario = mockxdr::read_scenario(text, file, fetcher::policy_names());
    put_on(std::move(text), std::move(scenario));
}

void Stage::reset() {
    auto [text, scenario] =
        with_play([](const Play& play) { return std::pair(play.text, play.scenario); });
    put_on(std::move(text), std::move(scenario));
}

bool Stage::ready() const {
    const std::lock_guard lock(mutex_);
    return play_ != nullptr;
}

void Stage::mount(std::function<mockxdr::HttpReply(const mockxdr::HttpRequest&)> admin) {
    admin_ = std::move(admin);
}

mockxdr::HttpReply Stage::answer(const mockxdr::HttpRequest& request) {
    if (admin_ && (request.path == "/__mock" || request.path.starts_with("/__mock/")))
        return admin_(request);
    const std::lock_guard lock(mutex_);
    if (!play_) return not_ready();
    const TimePoint now = play_->clock.now();
    mockxdr::HttpReply reply = play_->service.answer(request, now);
    const Millis latency = play_->scenario.server.latency;
    // Nobody would advance a manual clock for each request: there the request itself takes the
    // time.
    if (options_.speed.is_manual())
        play_->clock.advance_to(now + latency);
    else
        reply.delivery.delay += latency;
    return reply;
}

TimePoint Stage::now() const {
    const std::lock_guard lock(mutex_);
    return play_ ? play_->clock.now() : real_now();
}

std::chrono::milliseconds Stage::nap(TimePoint until) const {
    const std::lock_guard lock(mutex_);
    return play_ ? play_->clock.nap(until) : std::chrono::milliseconds{1};
}

}  // namespace harness
