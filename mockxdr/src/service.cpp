#include "mockxdr/service.hpp"

#include <map>
#include <utility>
#include <vector>

#include "desk.hpp"
#include "wire.hpp"

namespace mockxdr {

namespace {

/// Faults that the server answers with instead of doing what was asked.
bool stands_for_server(const ReplyFault& fault) {
    return std::holds_alternative<StatusReply>(fault) ||
           std::holds_alternative<ErrorObject>(fault) || is_unseen(fault);
}

}  // namespace

class Service::Impl {
   public:
    Impl(const Scenario& scenario, TimePoint start, ApiKeys keys)
        : options_(scenario.server),
          world_(scenario, start),
          desk_(options_, world_, std::move(keys)),
          faults_(scenario.faults, start, options_.seed) {}

    const World& world() const { return world_; }
    const ServerOptions& options() const { return options_; }
    FaultPlan& faults() { return faults_; }

    void on_exchange(std::function<void(const Exchange&)> observer) {
        observer_ = std::move(observer);
    }
    void use_real_time(std::function<TimePoint()> real_time) {
        desk_.use_real_time(std::move(real_time));
    }

    Answer get_incidents(const Query& query, TimePoint now) {
        const Numbers numbers = next(Endpoint::get_incidents);
        const auto fault = faults_.reply_fault({.request = numbers.request,
                                                .number = numbers.all,
                                                .now = now,
                                                .search_from = query.search_from});
        Answer regular =
            desk_.decide(query, {}, {.now = now, .request = numbers.request}, options_.page_cap);
        Answer answer = fault && loses_reply(*fault) ? Answer(*fault) : std::move(regular);
        keep_rows(answer);
        count(numbers, Endpoint::get_incidents, fault);
        Exchange exchange{.number = numbers.all,
                          .request = numbers.request,
                          .endpoint = Endpoint::get_incidents,
                          .at = now,
                          .changes = world_.changes(),
                          .target = "POST /public_api/v1/incidents/get_incidents",
                          .key_id = {},
                          .permission = Permission::ordinary,
                          .query = &query,
                          .answer = &answer,
                          .fault = fault ? &*fault : nullptr};
        finish(exchange, query);
        return answer;
    }

    HttpReply answer(const HttpRequest& request, TimePoint now) {
        const Visit visit = desk_.read(request, now);
        const Numbers numbers = next(visit.endpoint);
        const Query* query = visit.query();
        const auto fault = faults_.reply_fault(
            {.endpoint = visit.endpoint,
             .request = numbers.request,
             .number = numbers.all,
             .now = now,
             .search_from = query ? std::optional(query->search_from) : std::nullopt,
             .accepts_gzip = request.accepts_gzip});
        if (!fault || !is_unseen(*fault)) desk_.admit(visit);
        const ChangeCount changes = world_.changes();
        Outcome outcome = fault && stands_for_server(*fault)
                              ? Outcome{.answer = *fault, .reply = {}}
                              : desk_.perform(visit, numbers.request);
        if (fault && loses_reply(*fault)) outcome.answer = *fault;
        count(numbers, visit.endpoint, fault);
        outcome.reply.date = now;
        Exchange exchange{.number = numbers.all,
                          .request = visit.endpoint ? numbers.request : 0,
                          .endpoint = visit.endpoint,
                          .at = now,
                          .changes = changes,
                          .target = request.method + " " + request.path,
                          .key_id = visit.caller.key_id,
                          .permission = visit.caller.permission,
                          .query = query,
                          .answer = &outcome.answer,
                          .fault = fault ? &*fault : nullptr};
        finish(exchange, query ? *query : Query{});
        HttpReply reply =
            fault ? write_fault(*fault, outcome.reply, options_) : std::move(outcome.reply);
        // A request that was not seen has no number: the next one gets it.
        if (!fault || !is_unseen(*fault)) reply.number = numbers.all;
        reply.date_ahead = offset_at(options_.clock, now - world_.start());
        return reply;
    }

    HttpReply refuse(const HttpRequest& request, int status, TimePoint now) {
        const Numbers numbers = next(std::nullopt);
        count(numbers, std::nullopt, std::nullopt);
        HttpReply reply = refused_by_transport(status, options_);
        reply.date = now;
        const Answer answer = Refusal{.status = status, .err_msg = "not read", .err_extra = ""};
        finish({.number = numbers.all,
                .at = now,
                .changes = world_.changes(),
                .target = request.method + " " + request.path,
                .answer = &answer},
               {});
        return reply;
    }

   private:
    /// A request's numbers, each from 1.
    struct Numbers {
        std::uint64_t all = 0, request = 0;
    };

    Numbers next(std::optional<Endpoint> endpoint) const {
        const auto found = endpoint ? requests_.find(*endpoint) : requests_.end();
        return {.all = all_ + 1, .request = 1 + (found == requests_.end() ? 0 : found->second)};
    }

    void count(const Numbers& numbers, std::optional<Endpoint> endpoint,
               const std::optional<ReplyFault>& fault) {
        if (fault && is_unseen(*fault)) return;
        all_ = numbers.all;
        if (endpoint) requests_[*endpoint] = numbers.request;
    }

    /// What waits for this request may move the versions that the rows point to.
    void keep_rows(Answer& answer) {
        auto* selection = std::get_if<Selection>(&answer);
        if (!selection || world_.waiting().empty()) return;
        kept_.clear();
        kept_.reserve(selection->rows.size());
        for (Match& row : selection->rows) {
            kept_.push_back(*row.version);
            row.version = &kept_.back();
        }
    }

    /// Tells the observer, and lets happen what waited for a page to be read.
    void finish(const Exchange& exchange, const Query& query) {
        if (observer_) observer_(exchange);
        if (!std::holds_alternative<Selection>(*exchange.answer)) return;
        world_.answered(query.page(), exchange.at);
    }

    ServerOptions options_;
    World world_;
    Desk desk_;
    FaultPlan faults_;
    std::uint64_t all_ = 0;
    std::map<Endpoint, std::uint64_t> requests_;
    std::vector<Version> kept_;  ///< of the last answer that was a call's
    std::function<void(const Exchange&)> observer_;
};

Service::Service(const Scenario& scenario, TimePoint start, ApiKeys keys)
    : impl_(std::make_unique<Impl>(scenario, start, std::move(keys))) {}

Service::~Service() = default;

const World& Service::world() const { return impl_->world(); }

const ServerOptions& Service::options() const { return impl_->options(); }

FaultPlan& Service::faults() { return impl_->faults(); }

void Service::on_exchange(std::function<void(const Exchange&)> observer) {
    impl_->on_exchange(std::move(observer));
}

void Service::use_real_time(std::function<TimePoint()> real_time) {
    impl_->use_real_time(std::move(real_time));
}

Answer Service::get_incidents(const Query& query, TimePoint now) {
    return impl_->get_incidents(query, now);
}

HttpReply Service::answer(const HttpRequest& request, TimePoint now) {
    return impl_->answer(request, now);
}

HttpReply Service::refuse(const HttpRequest& request, int status, TimePoint now) {
    return impl_->refuse(request, status, now);
}

HttpReply refused_by_transport(int status, const ServerOptions& options) {
    if (status == 413) return write_refusal(refusal_of(status, options), options.error_form);
    HttpReply reply = unknown_path();
    reply.status = status;
    const auto say = [&](std::string_view title, std::string_view why) {
        reply.body =
            std::string(title) + "\r\n\r\n" + std::string(why) + "\r\n\r\n(generated by waitress)";
    };
    if (status == 400) say("Bad Request", "The request cannot be read");
    if (status == 415) say("Unsupported Media Type", "The body's Content-Encoding is not known");
    if (status == 431) say("Request Header Fields Too Large", "The head is longer than 64 KiB");
    return reply;
}

}  // namespace mockxdr
