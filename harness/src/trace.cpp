#include "harness/trace.hpp"

namespace harness {

namespace {

using mockxdr::Filter;
using mockxdr::Operator;

std::string sign(Operator op) {
    switch (op) {
        case Operator::gte:
            return ">=";
        case Operator::lte:
            return "<=";
        case Operator::eq:
            return "=";
        case Operator::neq:
            return "!=";
        case Operator::in:
            return "in";
        case Operator::contains:
        case Operator::contains_exact_case:
            return "contains";
    }
    return "";
}

struct ValueText {
    std::string operator()(TimePoint time) const { return xdr::iso8601(time); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(const std::string& text) const { return "'" + text + "'"; }
    std::string operator()(const std::vector<std::string>& texts) const {
        std::string out = "(";
        for (const std::string& text : texts) out += (out.size() > 1 ? ", " : "") + text;
        return out + ")";
    }
};

std::string joined(const std::vector<IncidentId>& ids) {
    std::string out;
    for (const IncidentId& id : ids) out += " " + id.text();
    return out;
}

std::string line_of(const RequestRecord& request) {
    std::string line =
        "  request " + std::to_string(request.number) + " at " + xdr::iso8601(request.at);
    if (request.query)
        line += " [" + describe(request.query->filters) + "] " + describe(request.query->sort) +
                " rows " + std::to_string(request.query->search_from) + ".." +
                std::to_string(request.query->search_to);
    if (!request.failure.empty()) return line + ": failed: " + request.failure + "\n";
    return line + ": " + std::to_string(request.returned.size()) + " of " +
           std::to_string(request.total_count) + ":" + joined(request.returned) + "\n";
}

std::string head_of(const RunRecord& run) {
    return "run " + std::to_string(run.number) + (run.drain ? " (drain)" : "") + " at " +
           xdr::iso8601(run.started) +
           (run.client_now == run.started ? ""
                                          : ", its clock says " + xdr::iso8601(run.client_now)) +
           ", limit " + std::to_string(run.limit) + ", look_back " +
           xdr::duration_text(run.look_back) +
           (run.max_requests ? ", max_requests " + std::to_string(*run.max_requests) : "") +
           (run.restored ? ", with the last run of run " + std::to_string(*run.restored) : "") +
           "\n";
}

std::string tail_of(const RunRecord& run) {
    std::string text;
    if (run.failure.empty() || !run.emitted.empty())
        text +=
            "  emitted " + std::to_string(run.emitted.size()) + ":" + joined(run.emitted) + "\n";
    if (!run.failure.empty()) text += "  failed: " + run.failure + "\n";
    return text + (run.saved ? "  saved " + run.state + "\n" : "  saved nothing\n");
}

}  // namespace

std::string describe(const std::vector<Filter>& filters) {
    std::string out;
    for (const Filter& filter : filters)
        out += (out.empty() ? "" : ", ") + std::string(name_of(filter.field)) + " " +
               sign(filter.op) + " " + std::visit(ValueText{}, filter.value);
    return out;
}

std::string describe(const std::optional<mockxdr::Sort>& sort) {
    if (!sort) return "no sort";
    return "sort " + std::string(name_of(sort->field)) + " " +
           std::string(name_of(sort->direction));
}

std::string to_text(const Trace& trace) {
    std::string text;
    for (const RunRecord& run : trace.runs) {
        text += head_of(run);
        for (const RequestRecord& request : trace.requests)
            if (request.run == run.number) text += line_of(request);
        text += tail_of(run);
    }
    return text;
}

}  // namespace harness
