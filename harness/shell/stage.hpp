#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "harness/live.hpp"
#include "live_clock.hpp"
#include "mockxdr/server.hpp"
#include "mockxdr/service.hpp"

namespace harness {

/// What stays the same while scenarios come and go.
struct StageOptions {
    Speed speed{};
    bool keep_start = false;  ///< with a clock that runs: the file's start is not moved to now
    Trial::Settings trial{};
    std::function<void(const JournalEntry&)> log{};  ///< called for each request, under the lock
};

/// One scenario on a live mock: its world, its clock, and the trial of the client that plays it.
struct Play {
    std::string text;  ///< of the scenario file
    mockxdr::Scenario scenario;
    LiveClock clock;
    mockxdr::Service service;
    Trial trial;

    Play(std::string file_text, mockxdr::Scenario read, TimePoint start, mockxdr::ApiKeys keys,
         const StageOptions& options);
};

/// Where a live mock plays one scenario at a time. Each request is answered at one instant of the
/// play's clock; all members are safe to use from any thread.
class Stage final : public mockxdr::Site {
   public:
    Stage(mockxdr::ApiKeys keys, StageOptions options);

    /// Reads a scenario and plays it from its start, in place of the one before. If it is no
    /// scenario the one before plays on. Throws ScenarioError. Requests wait while the new one is
    /// laid out; the old one is gone by then, as two large worlds may be more than memory holds.
    void play(std::string text, const std::string& file);

    /// Plays the same scenario from its start again. Requests wait.
    void reset();

    /// Calls `work` with the play, while no request is answered. Returns what it returns. Throws
    /// xdr::Error if there is no play.
    template <class Work>
    auto with_play(Work&& work) {
        const std::lock_guard lock(mutex_);
        return work(current());
    }

    bool ready() const;
    const StageOptions& options() const { return options_; }

    /// Answers paths under `/__mock/`; called without the lock.
    void mount(std::function<mockxdr::HttpReply(const mockxdr::HttpRequest&)> admin);

    mockxdr::HttpReply answer(const mockxdr::HttpRequest& request) override;
    mockxdr::HttpReply refuse(const mockxdr::HttpRequest& request, int status) override;
    void undelivered(std::uint64_t number) override;
    bool is_stale(std::uint64_t number) const override;
    TimePoint now() const override;
    std::chrono::milliseconds nap(TimePoint until) const override;
    std::shared_ptr<const mockxdr::Signal> jump() const override;

   private:
    TimePoint start_of(const mockxdr::Scenario& scenario) const;
    static void move_first_fetch(mockxdr::Scenario& scenario, TimePoint start);
    std::unique_ptr<Play> prepared(std::string text, mockxdr::Scenario scenario) const;
    void begin(std::unique_ptr<Play> next);
    Play& current();

    mutable std::mutex mutex_;
    mockxdr::ApiKeys keys_;
    StageOptions options_;
    std::unique_ptr<Play> play_;
    std::uint64_t plays_ = 0;         ///< how many there were
    std::uint64_t numbers_ = 0;       ///< the highest number of a reply, over all plays
    std::uint64_t first_number_ = 0;  ///< what was there before this play
    std::function<mockxdr::HttpReply(const mockxdr::HttpRequest&)> admin_;
};

}  // namespace harness
