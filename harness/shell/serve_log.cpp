#include "serve_log.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>

#include "mockxdr/json.hpp"
#include "patient_log.hpp"

namespace harness {

namespace {

using mockxdr::json::Object;

/// Bytes of what a client sent, and of a note. Escaped each may need six times as many; a line must
/// not be longer than PatientLog::longest.
constexpr std::size_t longest_part = 250, longest_note = 600;

std::string shortened(std::string_view text, std::size_t most) {
    return std::string(mockxdr::json::cut(text, most)) + (text.size() > most ? "..." : "");
}

/// What clients send goes into the log: no line ends and no terminal codes among it.
std::string printable(const std::string& text) {
    std::string out;
    mockxdr::json::write_text(shortened(text, longest_part), out);
    return out.substr(1, out.size() - 2);
}

std::string text_line(const JournalEntry& entry) {
    std::string line = "request " + std::to_string(entry.number) + " at " + xdr::iso8601(entry.at) +
                       " " + printable(entry.target) + " -> " + printable(outcome(entry));
    if (!entry.fault.empty() && entry.ended != JournalEntry::Ended::reply_lost)
        line += " (" + entry.fault + ")";
    return line;
}

std::string json_line(const JournalEntry& entry) {
    return write(Object{{"number", static_cast<std::int64_t>(entry.number), {}},
                        {"request", static_cast<std::int64_t>(entry.request), {}},
                        {"at", xdr::iso8601(entry.at), {}},
                        {"target", shortened(entry.target, longest_part), {}},
                        {"key_id", shortened(entry.key_id, 20), {}},
                        {"outcome", shortened(outcome(entry), longest_part), {}},
                        {"fault", entry.fault, {}}});
}

std::string note_line(const std::string& form, const std::string& text) {
    if (form != "json") return text;
    return write(mockxdr::json::Value(Object{{"note", shortened(text, longest_note), {}}}));
}

/// The one log of this process; its form is that of the first call.
spdlog::logger& logger(const std::string& form) {
    static spdlog::logger log = [&] {
        const auto lost = [form](std::size_t lines) {
            return note_line(form, std::to_string(lines) + " lines were not logged");
        };
        spdlog::logger made("mockxdr", std::make_shared<PatientLog>(lost));
        made.set_pattern("%v");
        return made;
    }();
    return log;
}

}  // namespace

std::function<void(const JournalEntry&)> request_log(const std::string& form) {
    if (form == "off") return {};
    const auto line = form == "json" ? json_line : text_line;
    return [line, form](const JournalEntry& entry) { logger(form).info(line(entry)); };
}

void log_note(const std::string& form, const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) logger(form).info(note_line(form, line));
}

}  // namespace harness
