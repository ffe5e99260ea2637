#include "mockxdr/service.hpp"

#include <utility>

#include "wire.hpp"

namespace mockxdr {

namespace {

constexpr std::string_view get_incidents_path = "/public_api/v1/incidents/get_incidents";

/// Both `…/get_incidents` and `…/get_incidents/` name the endpoint; the API never redirects.
std::string_view without_final_slash(std::string_view path) {
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    return path;
}

}  // namespace

bool ApiKey::matches(std::string_view given) const {
    unsigned difference = key_.size() == given.size() ? 0 : 1;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const char expected = key_.empty() ? '\0' : key_[i % key_.size()];
        difference |= static_cast<unsigned char>(expected) ^ static_cast<unsigned char>(given[i]);
    }
    return difference == 0;
}

Service::Service(const Scenario& scenario, TimePoint start, ApiKeys keys)
    : world_(scenario, start),
      options_(scenario.server),
      faults_(scenario.faults, start),
      keys_(std::move(keys)) {}

void Service::on_exchange(std::function<void(const Exchange&)> observer) {
    observer_ = std::move(observer);
}

Answer Service::decide(const Query& query, TimePoint now) const {
    if (auto refusal = check_window(query, options_.page_cap)) return *std::move(refusal);
    return select(world_, options_, query, {.now = now, .request = requests_});
}

void Service::observe(const Exchange& exchange) const {
    if (observer_) observer_(exchange);
}

Answer Service::get_incidents(const Query& query, TimePoint now) {
    ++requests_;
    const ReplyFault* fault = faults_.reply_fault(requests_, now);
    const Answer answer = fault ? Answer(*fault) : decide(query, now);
    observe({.request = requests_,
             .at = now,
             .target = "POST " + std::string(get_incidents_path),
             .query = &query,
             .answer = &answer});
    return answer;
}

bool Service::authorized(const HttpRequest& request) const {
    const auto key = keys_.find(request.auth_id);
    return key != keys_.end() && key->second.matches(request.authorization);
}

HttpReply Service::answer_get_incidents(const HttpRequest& request, TimePoint now) {
    const ReplyFault* fault = faults_.reply_fault(++requests_, now);
    std::variant<Query, Refusal> parsed = unauthorized();
    if (authorized(request)) parsed = read_query(request.body, options_.page_cap);
    const Query* query = std::get_if<Query>(&parsed);
    const Answer regular = query ? decide(*query, now) : Answer(std::get<Refusal>(parsed));
    const auto* selection = std::get_if<Selection>(&regular);
    const HttpReply reply = selection ? HttpReply{.body = write_selection(*selection)}
                                      : write_refusal(std::get<Refusal>(regular));
    const Answer answer = fault ? Answer(*fault) : regular;
    observe({.request = requests_,
             .at = now,
             .target = request.method + " " + request.path,
             .query = query,
             .answer = &answer});
    return fault ? write_fault(*fault, reply) : reply;
}

HttpReply Service::answer(const HttpRequest& request, TimePoint now) {
    if (request.method == "POST" && without_final_slash(request.path) == get_incidents_path)
        return answer_get_incidents(request, now);
    const Answer unknown = Refusal{.status = 500, .err_msg = "unknown path", .err_extra = ""};
    observe({.request = 0,
             .at = now,
             .target = request.method + " " + request.path,
             .query = nullptr,
             .answer = &unknown});
    return unknown_path();
}

HttpReply refused_by_transport(int status) {
    if (status == 413)
        return write_refusal({.status = 413, .err_msg = "Request body too large", .err_extra = ""});
    HttpReply reply = unknown_path();
    reply.status = status;
    return reply;
}

std::string describe(const ReplyFault& fault) {
    struct Describe {
        std::string operator()(const StatusReply& reply) const {
            return "status " + std::to_string(reply.status);
        }
        std::string operator()(Reset) const { return "connection reset"; }
        std::string operator()(Cut) const { return "reply cut"; }
        std::string operator()(InvalidJson) const { return "invalid JSON"; }
    };
    return std::visit(Describe{}, fault);
}

}  // namespace mockxdr
