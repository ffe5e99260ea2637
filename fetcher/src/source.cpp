#include "fetcher/source.hpp"

namespace fetcher {

std::string describe(const PageRequest& request) {
    const std::string field =
        request.field == TimeField::creation_time ? "creation_time" : "modification_time";
    std::string text =
        "rows " + std::to_string(request.search_from) + " to " + std::to_string(request.search_to);
    if (request.gte) text += ", " + field + " from " + xdr::iso8601(*request.gte);
    if (request.lte) text += request.gte ? " to " : ", " + field + " to ";
    if (request.lte) text += xdr::iso8601(*request.lte);
    return text + (request.direction == Direction::desc ? ", newest first" : "");
}

Outcome drive(Run& run, Source& source, std::int64_t most_requests) {
    Step step = run.begin();
    for (std::int64_t requests = 0;; ++requests) {
        if (auto* batch = std::get_if<Batch>(&step)) return std::move(*batch);
        if (auto* failed = std::get_if<Failed>(&step)) return std::move(*failed);
        if (requests == most_requests)
            return Failed{"gave up after " + std::to_string(requests) + " requests in one run"};
        auto answer = source.fetch(std::get<PageRequest>(step));
        if (auto* failed = std::get_if<RequestFailed>(&answer)) return Failed{failed->why};
        step = run.on_page(std::get<Page>(answer));
    }
}

}  // namespace fetcher
