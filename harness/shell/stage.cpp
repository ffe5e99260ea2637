#include "stage.hpp"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <utility>

#include "fetcher/policy.hpp"
#include "xdr/date_text.hpp"

namespace harness {

namespace {

TimePoint real_now() { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

mockxdr::HttpReply not_ready() {
    return {.status = 503,
            .content_type = "text/plain",
            .body = "the scenario is being loaded\n",
            .date = real_now()};
}

mockxdr::Scenario read(const std::string& text, const std::string& file) {
    return mockxdr::read_scenario(text, file, fetcher::policy_names());
}

/// Gives the memory of a play back to the system. Left to itself, malloc keeps it for the thread
/// that laid the play out, and the next play is laid out by another.
void end(std::unique_ptr<Play>& play) {
    play.reset();
#ifdef __GLIBC__
    malloc_trim(0);
#endif
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

/// A first fetch that is a time of the file's world moves with its start.
void Stage::move_first_fetch(mockxdr::Scenario& scenario, TimePoint start) {
    const auto read = xdr::read_date_text(scenario.fetch.first_fetch, scenario.start);
    const auto later = xdr::read_date_text(scenario.fetch.first_fetch, scenario.start + Millis{1});
    if (read && later && read->time == later->time)
        scenario.fetch.first_fetch = xdr::iso8601(read->time + (start - scenario.start));
}

std::unique_ptr<Play> Stage::prepared(std::string text, mockxdr::Scenario scenario) const {
    const TimePoint start = start_of(scenario);
    move_first_fetch(scenario, start);
    return std::make_unique<Play>(std::move(text), std::move(scenario), start, keys_, options_);
}

/// The lock is held.
void Stage::begin(std::unique_ptr<Play> next) {
    play_ = std::move(next);
    ++plays_;
    first_number_ = numbers_;
}

void Stage::play(std::string text, const std::string& file) {
    mockxdr::Scenario scenario = read(text, file);
    std::unique_lock lock(mutex_);
    if (play_) {
        end(play_);
        return begin(prepared(std::move(text), std::move(scenario)));
    }
    // Whoever asks meanwhile hears that it is being loaded.
    lock.unlock();
    auto first = prepared(std::move(text), std::move(scenario));
    lock.lock();
    begin(std::move(first));
}

void Stage::reset() {
    const std::lock_guard lock(mutex_);
    std::string text = std::move(current().text);
    end(play_);
    mockxdr::Scenario scenario = read(text, "scenario");
    begin(prepared(std::move(text), std::move(scenario)));
}

Play& Stage::current() {
    if (!play_)
        throw xdr::Error({.where = "scenario",
                          .what = "there is none that is played",
                          .hint = "PUT /__mock/scenario brings one"});
    return *play_;
}

bool Stage::ready() const {
    const std::lock_guard lock(mutex_);
    return play_ != nullptr;
}

void Stage::mount(std::function<mockxdr::HttpReply(const mockxdr::HttpRequest&)> admin) {
    admin_ = std::move(admin);
}

mockxdr::HttpReply Stage::refuse(const mockxdr::HttpRequest& request, int status) {
    const std::lock_guard lock(mutex_);
    if (!play_) return not_ready();
    return play_->service.refuse(request, status, play_->clock.now());
}

void Stage::undelivered(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    // A reply of a play that is over is nobody's loss.
    if (play_ && number > first_number_) play_->trial.reply_lost(number - first_number_);
}

mockxdr::HttpReply Stage::answer(const mockxdr::HttpRequest& request) {
    if (admin_ && (request.path == "/__mock" || request.path.starts_with("/__mock/")))
        return admin_(request);
    const std::lock_guard lock(mutex_);
    if (!play_) return not_ready();
    const TimePoint now = play_->clock.now();
    mockxdr::HttpReply reply = play_->service.answer(request, now);
    reply.number += first_number_;
    numbers_ = std::max(numbers_, reply.number);
    // Another play's replies are not this one's, whatever they answer.
    if (!reply.tag.empty()) reply.tag.insert(0, std::to_string(plays_) + " ");
    const Millis latency = play_->scenario.server.latency;
    // Nobody would advance a manual clock for each request: there the request itself takes the
    // time.
    if (options_.speed.is_manual())
        play_->clock.advance_to(now + latency);
    else
        reply.delivery.delay += latency;
    return reply;
}

bool Stage::is_stale(std::uint64_t number) const {
    const std::lock_guard lock(mutex_);
    return number > 0 && number <= first_number_;
}

TimePoint Stage::now() const {
    const std::lock_guard lock(mutex_);
    return play_ ? play_->clock.now() : real_now();
}

std::shared_ptr<const mockxdr::Signal> Stage::jump() const {
    const std::lock_guard lock(mutex_);
    return play_ ? play_->clock.jump() : nullptr;
}

std::chrono::milliseconds Stage::nap(TimePoint until) const {
    const std::lock_guard lock(mutex_);
    return play_ ? play_->clock.nap(until) : std::chrono::milliseconds{1};
}

}  // namespace harness
