#include "http_link.hpp"

#include <mutex>

#include "http_source.hpp"
#include "mockxdr/server.hpp"

namespace harness {

namespace {

/// The service at an instant that stands still while a request is out: a reply that waits for a
/// later one would never come, so that what is late or slow comes at once.
class StillSite final : public mockxdr::Site {
   public:
    StillSite(mockxdr::Service& service, const VirtualClock& clock)
        : service_(service), clock_(clock) {}

    mockxdr::HttpReply answer(const mockxdr::HttpRequest& request) override {
        const std::lock_guard lock(mutex_);
        mockxdr::HttpReply reply = service_.answer(request, clock_.now());
        reply.delivery.delay = reply.delivery.slow_headers = Millis{0};
        if (reply.delivery.dribble) reply.delivery.dribble->every = Millis{0};
        return reply;
    }

    /// Makes what one thread did to the service and its records known to the other: that a reply
    /// has come through a socket promises nothing of memory.
    void hand_over() { const std::lock_guard lock(mutex_); }

    TimePoint now() const override { return clock_.now(); }
    std::chrono::milliseconds nap(TimePoint) const override { return std::chrono::milliseconds{1}; }

   private:
    std::mutex mutex_;
    mockxdr::Service& service_;
    const VirtualClock& clock_;
};

/// A fetcher's connection and the server at its other end.
class LoopbackSource final : public fetcher::Source {
   public:
    LoopbackSource(mockxdr::Service& service, const VirtualClock& clock,
                   const fetcher::Query& query)
        // Silence would last for ever.
        : site_(service, clock),
          server_(site_, {.silence = mockxdr::Listen::Silence::closes}),
          source_({.url = server_.url(), .api_key_id = test_key_id, .api_key = test_key}, query) {}

    std::variant<fetcher::Page, fetcher::RequestFailed> fetch(
        const fetcher::PageRequest& request) override {
        site_.hand_over();
        auto fetched = source_.fetch(request);
        site_.hand_over();
        return fetched;
    }

   private:
    StillSite site_;
    mockxdr::Server server_;
    fetcher::HttpSource source_;
};

}  // namespace

Link http_link() {
    return {
        .connect =
            [](mockxdr::Service& service, const VirtualClock& clock, const fetcher::Query& query) {
                return std::make_unique<LoopbackSource>(service, clock, query);
            },
        .memory = Link::Memory::json};
}

}  // namespace harness
