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
    if (request.gte)
        query.filters.push_back(
            {.field = time, .op = mockxdr::Operator::gte, .value = *request.gte});
    if (request.lte)
        query.filters.push_back(
            {.field = time, .op = mockxdr::Operator::lte, .value = *request.lte});
    query.sort =
        mockxdr::Sort{.field = sort_field(request.sort), .direction = mockxdr::Direction::asc};
    query.search_from = request.search_from;
    query.search_to = request.search_to;
    return query;
}

fetcher::Page to_page(const mockxdr::Selection& selection, TimePoint now) {
    fetcher::Page page;
    page.total_count = selection.total_count;
    page.restricted = selection.restricted;
    page.server_time = std::chrono::floor<std::chrono::seconds>(now);
    for (const mockxdr::Match& match : selection.rows)
        page.rows.push_back({.incident_id = match.incident->id,
                             .creation_time = match.incident->creation_time,
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
            return to_page(*selection, now);
        if (const auto* refusal = std::get_if<mockxdr::Refusal>(&answer))
            return fetcher::RequestFailed{refusal->err_extra};
        if (const auto* fault = std::get_if<mockxdr::ReplyFault>(&answer))
            return fetcher::RequestFailed{mockxdr::describe(*fault)};
        return fetcher::RequestFailed{"not a page of incidents"};
    }

   private:
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
