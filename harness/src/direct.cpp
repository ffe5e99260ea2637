#include <utility>

#include "harness/play.hpp"

namespace harness {

namespace {

mockxdr::SortField sort_field(fetcher::SortField field) {
    switch (field) {
        case fetcher::SortField::creation_time:
            return mockxdr::SortField::creation_time;
        case fetcher::SortField::modification_time:
            return mockxdr::SortField::modification_time;
        case fetcher::SortField::incident_id:
            return mockxdr::SortField::incident_id;
    }
    return {};
}

/// The query that the mock would read from the fetcher's request body.
mockxdr::Query to_query(const fetcher::Query& wanted, const fetcher::PageRequest& request) {
    const mockxdr::FilterField time = request.field == fetcher::TimeField::creation_time
                                          ? mockxdr::FilterField::creation_time
                                          : mockxdr::FilterField::modification_time;
    mockxdr::Query query;
    query.filters = mockxdr::filters_of({.status = wanted.status,
                                         .alert_sources = wanted.alert_sources,
                                         .starred = wanted.starred,
                                         .description = wanted.description});
    if (!wanted.incident_ids.empty())
        query.filters.push_back({.field = mockxdr::FilterField::incident_id_list,
                                 .op = mockxdr::Operator::in,
                                 .value = wanted.incident_ids});
    const auto bound = [&](mockxdr::FilterField field, mockxdr::Operator op,
                           const std::optional<TimePoint>& at) {
        if (at) query.filters.push_back({.field = field, .op = op, .value = *at});
    };
    using enum mockxdr::FilterField;
    using enum mockxdr::Operator;
    bound(time, gte, request.gte);
    bound(time, lte, request.lte);
    bound(creation_time, gte, wanted.created_after);
    bound(creation_time, lte, wanted.created_before);
    bound(modification_time, gte, wanted.modified_after);
    bound(modification_time, lte, wanted.modified_before);
    query.sort = mockxdr::Sort{.field = sort_field(request.sort),
                               .direction = request.direction == fetcher::Direction::asc
                                                ? mockxdr::Direction::asc
                                                : mockxdr::Direction::desc};
    query.search_from = request.search_from;
    query.search_to = request.search_to;
    return query;
}

/// `now` is what the server's clock shows.
fetcher::Page to_page(const mockxdr::Selection& selection, TimePoint now) {
    fetcher::Page page;
    page.total_count = selection.total_count;
    page.restricted = selection.restricted;
    page.server_time = std::chrono::floor<std::chrono::seconds>(now);
    for (const mockxdr::Match& match : selection.rows)
        page.rows.push_back({.incident_id = match.incident->id,
                             .creation_time = match.version->creation_time,
                             .modification_time = match.version->modification_time,
                             .description = {},
                             .raw_json = {}});
    return page;
}

class DirectSource final : public fetcher::Source {
   public:
    DirectSource(mockxdr::Service& service, const VirtualClock& clock, fetcher::Query wanted)
        : service_(service), clock_(clock), wanted_(std::move(wanted)) {}

    std::variant<fetcher::Page, fetcher::RequestFailed> fetch(
        const fetcher::PageRequest& request) override {
        const TimePoint now = clock_.now();
        const mockxdr::Answer answer = service_.get_incidents(to_query(wanted_, request), now);
        if (const auto* selection = std::get_if<mockxdr::Selection>(&answer))
            return to_page(*selection, now + ahead(now));
        if (const auto* refusal = std::get_if<mockxdr::Refusal>(&answer))
            return fetcher::RequestFailed{refusal->err_extra};
        if (const auto* fault = std::get_if<mockxdr::ReplyFault>(&answer))
            return fetcher::RequestFailed{mockxdr::describe(*fault)};
        return fetcher::RequestFailed{"not a page of incidents"};
    }

   private:
    Millis ahead(TimePoint now) const {
        return mockxdr::offset_at(service_.options().clock, now - service_.world().start());
    }

    mockxdr::Service& service_;
    const VirtualClock& clock_;
    fetcher::Query wanted_;
};

}  // namespace

Link direct_link() {
    return {
        .connect =
            [](mockxdr::Service& service, const VirtualClock& clock, const fetcher::Query& query) {
                return std::make_unique<DirectSource>(service, clock, query);
            },
        .memory = Link::Memory::typed};
}

}  // namespace harness
