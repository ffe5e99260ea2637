#include "serve_log.hpp"

#include <spdlog/spdlog.h>

#include <memory>

#include "mockxdr/json.hpp"
#include "patient_log.hpp"

namespace harness {

namespace {

using mockxdr::json::Object;

/// What clients send goes into the log: no line ends and no terminal codes among it.
std::string printable(const std::string& text) {
    std::string out;
    mockxdr::json::write_text(text.substr(0, 300), out);
    return out.substr(1, out.size() - 2);
}

std::string text_line(const JournalEntry& entry) {
    const std::string name =
        entry.request == 0 ? "request" : "request " + std::to_string(entry.request);
    std::string line = name + " at " + xdr::iso8601(entry.at) + " " + printable(entry.target) +
                       " -> " + printable(outcome(entry));
    if (!entry.fault.empty() && entry.ended != JournalEntry::Ended::reply_lost)
        line += " (" + entry.fault + ")";
    return line;
}

std::string json_line(const JournalEntry& entry) {
    return write(Object{{"number", static_cast<std::int64_t>(entry.number), {}},
                        {"request", static_cast<std::int64_t>(entry.request), {}},
                        {"at", xdr::iso8601(entry.at), {}},
                        {"target", entry.target, {}},
                        {"key_id", entry.key_id, {}},
                        {"outcome", outcome(entry), {}},
                        {"fault", entry.fault, {}}});
}

spdlog::logger& logger() {
    static spdlog::logger log = [] {
        spdlog::logger made("mockxdr", std::make_shared<PatientLog>());
        made.set_pattern("%v");
        return made;
    }();
    return log;
}

}  // namespace

std::function<void(const JournalEntry&)> request_log(const std::string& form) {
    if (form == "off") return {};
    const auto line = form == "json" ? json_line : text_line;
    return [line](const JournalEntry& entry) { logger().info(line(entry)); };
}

void log_note(const std::string& form, const std::string& text) {
    if (form == "json")
        logger().info(write(mockxdr::json::Value(Object{{"note", text, {}}})));
    else
        logger().info(text);
}

}  // namespace harness
