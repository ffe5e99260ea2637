#pragma once

#include <functional>
#include <map>
#include <optional>
#include <variant>

#include "incident_texts.hpp"
#include "mockxdr/rate_limit.hpp"
#include "mockxdr/service.hpp"
#include "mockxdr/view.hpp"
#include "wire_extra_data.hpp"
#include "wire_update.hpp"

namespace mockxdr {

/// One request on its way through the service: what is known of it before anything is done.
struct Visit {
    const HttpRequest& http;
    TimePoint now{};
    std::optional<Endpoint> endpoint{};
    Caller caller{};
    /// Why it goes no further.
    std::optional<Refusal> refusal{};
    std::variant<std::monostate, Query, MultipleRequest, ExtraDataRequest, UpdateRequest> asked{};

    const Query* query() const {
        if (const auto* multiple = std::get_if<MultipleRequest>(&asked)) return &multiple->query;
        return std::get_if<Query>(&asked);
    }
};

/// What came of it, and the reply as it is without faults.
struct Outcome {
    Answer answer;
    HttpReply reply;
};

/// Does what requests ask for, faults aside: lets callers in, reads bodies, answers endpoints.
class Desk {
   public:
    Desk(const ServerOptions& options, World& world, ApiKeys keys);

    void use_real_time(std::function<TimePoint()> real_time) { real_time_ = std::move(real_time); }

    /// What a request asks for. Changes nothing.
    Visit read(const HttpRequest& request, TimePoint now) const;

    /// Takes note that the request was seen.
    void admit(const Visit& visit);

    /// Does it. `number` is that of the request among those to its endpoint.
    Outcome perform(const Visit& visit, std::uint64_t number);

    /// A page of at most `most` rows, or why there is none.
    Answer decide(const Query& query, const Caller& caller, const Moment& moment,
                  std::int64_t most);

   private:
    TimePoint auth_time(TimePoint now) const;
    void read_body(Visit& visit) const;
    Outcome refuse(Refusal refusal) const;
    Outcome over_quota(Millis wait) const;
    Form form_of(const Caller& caller) const;
    std::string tag_of(const Visit& visit, const Form& form);
    std::optional<Match> find(const std::string& id, const Visit& visit) const;
    Outcome answer(const Visit& visit, std::uint64_t number);
    Outcome page(const Visit& visit, const Query& query, std::uint64_t number);
    Outcome multiple(const Visit& visit, const MultipleRequest& request, std::uint64_t number);
    Outcome extra_data(const Visit& visit, const ExtraDataRequest& request) const;
    Outcome update(const Visit& visit, const UpdateRequest& request);

    const ServerOptions& options_;
    ServerOptions unrestricted_;
    World& world_;
    View view_;
    Keyring keyring_;
    RateLimiter limiter_;
    std::map<Form, IncidentTexts> texts_;
    std::function<TimePoint()> real_time_;
};

}  // namespace mockxdr
