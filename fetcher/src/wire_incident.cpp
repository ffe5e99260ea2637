#include <array>
#include <nlohmann/json.hpp>

#include "fetcher/wire.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

using Json = nlohmann::ordered_json;

/// Finds the text of one key of the outer object, and reads no further: a whole tree per incident
/// would double what a run costs.
class OuterText final : public nlohmann::json_sax<Json> {
   public:
    explicit OuterText(std::string_view wanted) : wanted_(wanted) {}

    const std::string& text() const { return text_; }

    bool null() override { return other(); }
    bool boolean(bool) override { return other(); }
    bool number_integer(number_integer_t) override { return other(); }
    bool number_unsigned(number_unsigned_t) override { return other(); }
    bool number_float(number_float_t, const string_t&) override { return other(); }
    bool binary(binary_t&) override { return other(); }
    bool string(string_t& value) override {
        if (is_next_) text_ = value;
        return !is_next_;
    }
    bool start_object(std::size_t) override { return open(); }
    bool start_array(std::size_t) override { return open(); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        is_next_ = depth_ == 1 && name == wanted_;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
        return false;
    }

   private:
    bool other() { return !is_next_; }
    bool open() {
        ++depth_;
        return !is_next_;
    }
    bool close() {
        --depth_;
        return true;
    }

    std::string_view wanted_;
    std::string text_;
    int depth_ = 0;
    bool is_next_ = false;
};

std::string outer_text(std::string_view object, std::string_view key) {
    OuterText reader(key);
    Json::sax_parse(object, &reader);
    return reader.text();
}

/// Halves beside whole numbers: a whole one is written without a fraction, as XSOAR does.
Json severity_number(const Row& row) {
    const double value = xsoar_severity(outer_text(row.raw_json, "severity"));
    const auto whole = static_cast<std::int64_t>(value);
    return static_cast<double>(whole) == value ? Json(whole) : Json(value);
}

Json xsoar_object(const Row& row) {
    const std::string& id = row.incident_id.text();
    const std::string title = row.description.empty() ? "" : " - " + row.description;
    return {{"name", "XDR Incident " + id + title},
            {"occurred", xdr::iso8601(row.creation_time)},
            {"details", row.description},
            {"severity", severity_number(row)},
            {"dbotMirrorId", id},
            {"rawJSON", row.raw_json}};
}

/// The rows of one part of get_incident_extra_data: its `data`, or the part itself if it has none.
Json rows_of(const Json& part) {
    if (part.is_object() && part.contains("data")) return part.at("data");
    return part.is_array() ? part : Json::array();
}

}  // namespace

double xsoar_severity(std::string_view severity) {
    static constexpr std::array<std::pair<std::string_view, double>, 5> numbers{
        {{"informational", 0.5}, {"low", 1}, {"medium", 2}, {"high", 3}, {"critical", 4}}};
    for (const auto& [name, number] : numbers)
        if (name == severity) return number;
    return 0;
}

std::string xsoar_incident(const Row& row) { return xsoar_object(row).dump(); }

std::string xsoar_incidents(const std::vector<Row>& rows) {
    Json incidents = Json::array();
    for (const Row& row : rows) incidents.push_back(xsoar_object(row));
    return incidents.dump(2);
}

std::string ndjson_line(const BatchPlace& place, std::string_view xsoar_json) {
    Json line{{"batch", place.batch}, {"index", place.index}, {"of", place.of}};
    line.update(Json::parse(xsoar_json));
    return line.dump();
}

std::string with_extra_data(std::string_view raw_json, std::string_view extra_data) {
    const Json extra = Json::parse(extra_data, nullptr, false);
    if (!extra.is_object())
        throw xdr::Error({.where = "get_incident_extra_data",
                          .what = "expected an object, got something else",
                          .hint = "run again without --extra-data to go on"},
                         xdr::Blame::surroundings);
    Json incident = Json::parse(raw_json);
    for (const char* part : {"alerts", "network_artifacts", "file_artifacts"})
        incident[part] = rows_of(extra.value(part, Json()));
    return incident.dump();
}

}  // namespace fetcher
