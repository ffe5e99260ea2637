#include "http_link.hpp"

#include "http_source.hpp"
#include "mockxdr/server.hpp"

namespace harness {

namespace {

/// A fetcher's connection and the server at its other end.
class LoopbackSource final : public fetcher::Source {
   public:
    LoopbackSource(mockxdr::Service& service, const VirtualClock& clock,
                   const fetcher::Query& query)
        // Virtual time stands still while a request is out: silence would last for ever.
        : server_(service, [&clock] { return clock.now(); },
                  {.silence = mockxdr::Listen::Silence::closes}),
          source_({.url = server_.url(), .api_key_id = test_key_id, .api_key = test_key}, query) {}

    std::variant<fetcher::Page, fetcher::RequestFailed> fetch(
        const fetcher::PageRequest& request) override {
        return source_.fetch(request);
    }

   private:
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
