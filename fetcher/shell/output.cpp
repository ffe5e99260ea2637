#include "output.hpp"

#include <algorithm>

#include "wire_record.hpp"
#include "xdr/text.hpp"

namespace fetcher {

namespace {

using Line = std::vector<std::string>;

/// Columns two blanks apart, the last one as long as it likes.
std::string table(const std::vector<Line>& lines) {
    std::vector<std::size_t> widths(lines.front().size(), 0);
    for (const Line& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i)
            // What stands before nothing else may be long without pushing others away.
            if (std::any_of(line.begin() + static_cast<std::ptrdiff_t>(i) + 1, line.end(),
                            [](const std::string& cell) { return !cell.empty(); }))
                widths[i] = std::max(widths[i], line[i].size());
    std::string out;
    for (const Line& line : lines) {
        std::string text;
        for (std::size_t i = 0; i < line.size(); ++i) {
            text += line[i];
            if (i + 1 < line.size())
                text += std::string(std::max(line[i].size(), widths[i]) - line[i].size() + 2, ' ');
        }
        out += text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
    }
    return out;
}

/// A line end or another control character in it would break the table, or the terminal.
std::string on_one_line(std::string text) {
    std::replace_if(text.begin(), text.end(), xdr::is_control, ' ');
    return text;
}

}  // namespace

std::string joined(const std::vector<IncidentId>& ids) {
    std::string out;
    for (const IncidentId& id : ids) out += (out.empty() ? "" : ", ") + id.text();
    return out;
}

std::string summary(const RunRecord& record) {
    return xdr::counted(static_cast<std::int64_t>(record.emitted.size()), "incident") + ", " +
           xdr::counted(record.requests, "request") + ", " + xdr::duration_text(record.duration);
}

std::string history_table(const std::vector<RunRecord>& records) {
    std::vector<Line> lines{{"run", "pulled at", "duration", "window", "requests", "incidents",
                             "message", "source ids"}};
    for (const RunRecord& record : records)
        lines.push_back({std::to_string(record.number), xdr::iso8601(record.started),
                         xdr::duration_text(record.duration), record.window,
                         std::to_string(record.requests), std::to_string(record.emitted.size()),
                         on_one_line(message_of(record)), on_one_line(joined(record.emitted))});
    return table(lines);
}

std::string incident_table(const std::vector<StoredIncident>& incidents) {
    std::vector<Line> lines{{"id", "occurred", "fetched", "run", "name"}};
    for (const StoredIncident& incident : incidents)
        lines.push_back({on_one_line(incident.id.text()), xdr::iso8601(incident.creation_time),
                         xdr::iso8601(incident.fetched), std::to_string(incident.run),
                         on_one_line(name_of(incident))});
    return table(lines);
}

}  // namespace fetcher
