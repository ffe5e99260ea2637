#include "desk.hpp"

#include <utility>

#include "request_reader.hpp"
#include "wire.hpp"
#include "wire_fixed.hpp"

namespace mockxdr {

namespace {

constexpr std::size_t longest_tagged = 4096;  ///< bytes of a body that a reply's tag may hold

Refusal not_found(Endpoint endpoint, const ServerOptions& options) {
    return {.status = options.not_found_status,
            .err_msg = std::string(generic_error) + " - incident management - " +
                       std::string(name_of(endpoint)),
            .err_extra = "Incident not found",
            .err_code = 404};
}

std::optional<Refusal> refused_access(const ServerOptions& options) {
    if (options.access == Access::granted) return std::nullopt;
    return refusal_of(options.access == Access::no_licence ? 402 : 403, options);
}

ServerOptions without_restricted(ServerOptions options) {
    options.restricted.clear();
    return options;
}

/// Takes what a reader returns: what is asked, or why not.
template <class Asked>
void take(Visit& visit, std::variant<Asked, Refusal> read) {
    if (auto* refusal = std::get_if<Refusal>(&read))
        visit.refusal = std::move(*refusal);
    else
        visit.asked = std::get<Asked>(std::move(read));
}

/// Source: a client's report of 2021; docs/coverage.md, Request.
bool asks_for_two_sources(const Query& query) {
    for (const Filter& filter : query.filters)
        if (filter.field == FilterField::alert_sources &&
            std::get<std::vector<std::string>>(filter.value).size() > 1)
            return true;
    return false;
}

}  // namespace

Desk::Desk(const ServerOptions& options, World& world, ApiKeys keys)
    : options_(options),
      unrestricted_(without_restricted(options)),
      world_(world),
      view_(world, options),
      keyring_(std::move(keys), options.auth),
      limiter_(options.rate_limit) {}

Visit Desk::read(const HttpRequest& request, TimePoint now) const {
    Visit visit{.http = request, .now = now, .endpoint = endpoint_of(request.method, request.path)};
    // Only these two paths get an answer without a key: the one is public, the other is none.
    if (!visit.endpoint || visit.endpoint == Endpoint::healthcheck) return visit;
    auto admitted = keyring_.check(request.credentials, auth_time(now));
    if (const auto* denied = std::get_if<Denied>(&admitted)) {
        visit.refusal = unauthorized(options_, denied->why);
        return visit;
    }
    visit.caller = std::get<Caller>(std::move(admitted));
    visit.refusal = refused_access(options_);
    if (!visit.refusal) read_body(visit);
    return visit;
}

void Desk::admit(const Visit& visit) {
    if (!visit.caller.key_id.empty())
        keyring_.use_up(visit.caller, visit.http.credentials, auth_time(visit.now));
}

TimePoint Desk::auth_time(TimePoint now) const {
    const bool real = options_.auth.clock != AuthClock::world && real_time_;
    return real ? real_time_() : now;
}

void Desk::read_body(Visit& visit) const {
    const std::string& body = visit.http.body;
    switch (*visit.endpoint) {
        case Endpoint::get_incidents:
            return take(visit, read_query(body, options_));
        case Endpoint::get_multiple_incidents_extra_data:
            return take(visit, read_multiple(body, options_));
        case Endpoint::get_incident_extra_data:
            return take(visit, read_extra_data(body, options_));
        case Endpoint::update_incident:
            return take(visit, read_update(body, options_));
        case Endpoint::healthcheck:
        case Endpoint::get_tenant_info:
        case Endpoint::validate_api_key:
        case Endpoint::get_versions:
            return;  // whatever it holds, or nothing
    }
}

Outcome Desk::refuse(Refusal refusal) const {
    HttpReply reply = write_refusal(refusal, options_.error_form);
    return {.answer = std::move(refusal), .reply = std::move(reply)};
}

Outcome Desk::perform(const Visit& visit, std::uint64_t number) {
    if (!visit.endpoint)
        return {.answer = Refusal{.status = 500, .err_msg = "unknown path", .err_extra = ""},
                .reply = unknown_path()};
    if (visit.refusal && visit.refusal->status == 401) return refuse(*visit.refusal);
    if (const auto wait = limiter_.refuse(visit.endpoint, visit.caller.key_id, visit.now))
        return over_quota(*wait);
    return visit.refusal ? refuse(*visit.refusal) : answer(visit, number);
}

Outcome Desk::answer(const Visit& visit, std::uint64_t number) {
    switch (*visit.endpoint) {
        case Endpoint::get_incidents:
            return page(visit, std::get<Query>(visit.asked), number);
        case Endpoint::get_multiple_incidents_extra_data:
            return multiple(visit, std::get<MultipleRequest>(visit.asked), number);
        case Endpoint::get_incident_extra_data:
            return extra_data(visit, std::get<ExtraDataRequest>(visit.asked));
        case Endpoint::update_incident:
            return update(visit, std::get<UpdateRequest>(visit.asked));
        case Endpoint::healthcheck:
            return {.answer = Served{"healthy"}, .reply = healthcheck_reply()};
        case Endpoint::get_tenant_info:
            return {.answer = Served{"tenant info"}, .reply = tenant_info_reply(visit.now)};
        case Endpoint::validate_api_key:
            return {.answer = Served{"valid key"}, .reply = validate_reply()};
        case Endpoint::get_versions:
            return {.answer = Served{"versions"}, .reply = versions_reply()};
    }
    return {};
}

Outcome Desk::over_quota(Millis wait) const {
    Refusal refusal = refusal_of(429, options_);
    refusal.status = options_.rate_limit.status;
    Outcome outcome = refuse(std::move(refusal));
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    if (options_.rate_limit.retry_after)
        outcome.reply.headers.emplace_back("Retry-After", std::to_string(seconds));
    return outcome;
}

Form Desk::form_of(const Caller& caller) const {
    return {.preset = options_.preset, .permission = caller.permission};
}

Answer Desk::decide(const Query& query, const Caller& caller, const Moment& moment,
                    std::int64_t most) {
    if (auto refusal = check_window(query, options_, most)) return *std::move(refusal);
    if (options_.alert_sources_defect && asks_for_two_sources(query)) return Selection{};
    // Rows that only some keys may read are the exception: the plain way will do.
    const bool all = caller.permission == Permission::full && !options_.restricted.empty();
    return all ? select(world_, unrestricted_, query, moment) : view_.select(query, moment);
}

/// Equal tags mean equal bodies: the same question to the same world.
std::string Desk::tag_of(const Visit& visit, const Form& form) {
    if (options_.ties == Ties::shuffled || options_.default_order == DefaultOrder::shuffled)
        return {};
    // What is longer comes once: to remember it would cost more than to compress again.
    if (visit.http.body.size() > longest_tagged) return {};
    return std::to_string(view_.state(visit.now)) + ' ' +
           std::to_string(static_cast<int>(form.permission)) + ' ' +
           std::string(name_of(*visit.endpoint)) + ' ' + visit.http.body;
}

Outcome Desk::page(const Visit& visit, const Query& query, std::uint64_t number) {
    Answer answer =
        decide(query, visit.caller, {.now = visit.now, .request = number}, options_.page_cap);
    if (auto* refusal = std::get_if<Refusal>(&answer)) return refuse(std::move(*refusal));
    const Form form = form_of(visit.caller);
    HttpReply reply;
    reply.body =
        texts_.try_emplace(form, form).first->second.write_page(std::get<Selection>(answer));
    reply.tag = tag_of(visit, form);
    return {.answer = std::move(answer), .reply = std::move(reply)};
}

Outcome Desk::multiple(const Visit& visit, const MultipleRequest& request, std::uint64_t number) {
    const std::int64_t most =
        options_.multiple_extra_data_cap ? options_.page_cap : std::int64_t{1} << 53;
    Answer answer =
        decide(request.query, visit.caller, {.now = visit.now, .request = number}, most);
    if (auto* refusal = std::get_if<Refusal>(&answer)) return refuse(std::move(*refusal));
    const Form form = form_of(visit.caller);
    HttpReply reply;
    reply.body = write_multiple(std::get<Selection>(answer), form, request, options_.seed);
    reply.tag = tag_of(visit, form);
    return {.answer = std::move(answer), .reply = std::move(reply)};
}

/// The incident of that id as that caller sees it at that time.
std::optional<Match> Desk::find(const std::string& id, const Visit& visit) const {
    const IncidentId incident_id(id);
    const Incident* incident = world_.find(incident_id);
    const Version* version = incident ? incident->at(visit.now) : nullptr;
    if (!version) return std::nullopt;
    if (visit.caller.permission != Permission::full && is_restricted(options_, incident_id))
        return std::nullopt;
    return Match{.incident = incident, .version = version};
}

Outcome Desk::extra_data(const Visit& visit, const ExtraDataRequest& request) const {
    const auto match = find(request.incident_id, visit);
    if (!match) return refuse(not_found(*visit.endpoint, options_));
    HttpReply reply;
    reply.body = write_extra_data(*match, form_of(visit.caller), request, options_.seed);
    return {.answer = Served{"extra data of " + request.incident_id}, .reply = std::move(reply)};
}

Outcome Desk::update(const Visit& visit, const UpdateRequest& request) {
    const auto match = find(request.incident_id, visit);
    if (!match) return refuse(not_found(*visit.endpoint, options_));
    if (auto refusal = check_update(request, *match)) return refuse(*std::move(refusal));
    world_.update(*match->incident, changes_of(request, *match, visit.now), visit.now);
    return {.answer = Served{summary(request)}, .reply = write_reply(true)};
}

}  // namespace mockxdr
