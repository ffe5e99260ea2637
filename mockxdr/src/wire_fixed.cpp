#include "wire_fixed.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "mockxdr/json.hpp"
#include "wire.hpp"

namespace mockxdr {

namespace {

using json::Object;

std::string_view ordinal_ending(unsigned day) {
    if (day / 10 == 1) return "th";
    switch (day % 10) {
        case 1:
            return "st";
        case 2:
            return "nd";
        case 3:
            return "rd";
        default:
            return "th";
    }
}

/// `May 18th 2023 08:51:59`, UTC.
std::string licence_time(TimePoint time) {
    static constexpr std::array<std::string_view, 12> months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto midnight = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(midnight);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - midnight));
    const auto day = static_cast<unsigned>(date.day());
    std::array<char, 16> hms{};
    std::snprintf(hms.data(), hms.size(), "%02d:%02d:%02d", static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return std::string(months.at(static_cast<unsigned>(date.month()) - 1)) + " " +
           std::to_string(day) + std::string(ordinal_ending(day)) + " " +
           std::to_string(static_cast<int>(date.year())) + " " + hms.data();
}

/// The same day of the next year; the 28th for a 29th of February.
TimePoint a_year_after(TimePoint time) {
    const auto midnight = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day date(midnight);
    date += std::chrono::years{1};
    if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
    return std::chrono::sys_days(date) + (time - midnight);
}

}  // namespace

HttpReply healthcheck_reply() {
    // The text alone is 21 bytes in any spacing that the API's other replies use.
    return {.body = json::write(Object{{"status", "Healthy", {}}}) + "\n"};
}

HttpReply tenant_info_reply(TimePoint now) {
    const std::string end = licence_time(a_year_after(now));
    const auto agents = [](int count) { return Object{{"agents", count, {}}}; };
    return write_reply(Object{
        {"pro_per_endpoint_expiration", end, {}},
        {"purchased_pro_per_endpoint", agents(500), {}},
        {"installed_pro_per_endpoint", 120, {}},
        {"data_enabled_pro_per_endpoint", 120, {}},
        {"prevent_expiration", 0, {}},
        {"purchased_prevent", 0, {}},
        {"installed_prevent", 0, {}},
        {"pro_tb_expiration", end, {}},
        {"purchased_pro_tb", Object{{"tb", 2, {}}}, {}},
        {"installed_pro_tb", 0, {}},
        {"pro_cloud_expiration", 0, {}},
        {"purchased_pro_cloud", agents(0), {}},
        {"installed_pro_cloud", 0, {}},
        {"compute_unit_expiration", 0, {}},
        {"purchased_compute_unit", 0, {}},
        {"host_insights_expiration", end, {}},
        {"enabled_host_insights", 120, {}},
        {"purchased_host_insights", 500, {}},
        {"forensics_expiration", 0, {}},
        {"enabled_forensics", 0, {}},
    });
}

HttpReply validate_reply() { return write_reply(Object{{"valid", true, {}}}); }

HttpReply versions_reply() {
    const auto versions = [](std::initializer_list<const char*> texts) {
        return json::Array(texts.begin(), texts.end());
    };
    return write_reply(Object{
        {"windows", versions({"8.5.0.1210", "8.4.1.3140", "8.3.1.2075"}), {}},
        {"linux", versions({"8.5.0.1204", "8.4.1.3133", "8.3.1.2071"}), {}},
        {"macos", versions({"8.5.0.1198", "8.4.1.3129", "8.3.1.2068"}), {}},
    });
}

}  // namespace mockxdr
