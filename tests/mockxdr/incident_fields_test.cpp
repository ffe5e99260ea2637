#include "mockxdr/incident_fields.hpp"

#include <set>

#include "print.hpp"

using namespace mockxdr;

TEST_CASE("the incident object has the keys of the API page, each once", "[incident_fields]") {
    std::set<std::string_view> names;
    for (const IncidentField& field : incident_fields()) names.insert(field.name);
    CHECK(names.size() == incident_fields().size());
    CHECK(names.size() == 41);
    CHECK(names.contains("incident_id"));
    CHECK(names.contains("mitre_techniques_ids_and_names"));
}

TEST_CASE("comments are sent with extra data only", "[incident_fields]") {
    for (const IncidentField& field : incident_fields()) {
        CAPTURE(field.name);
        CHECK((field.sent == Sent::extra_data_only) == (field.name == "comments"));
    }
}

TEST_CASE("the preset of 2020 has 21 keys, today's has all", "[incident_fields]") {
    std::set<std::string_view> names;
    for (const IncidentField& field : incident_fields()) {
        CHECK(is_in_preset(field, Preset::current));
        if (is_in_preset(field, Preset::year_2020)) names.insert(field.name);
    }
    CHECK(names.size() == 21);
    CHECK(names.contains("incident_id"));
    CHECK(names.contains("high_severity_alert_count"));
    CHECK_FALSE(names.contains("critical_severity_alert_count"));
    CHECK_FALSE(names.contains("resolved_timestamp"));
    CHECK_FALSE(names.contains("tags"));
}

TEST_CASE("tags need full permission", "[incident_fields]") {
    std::set<std::string_view> names;
    for (const IncidentField& field : incident_fields())
        if (needs_full_permission(field)) names.insert(field.name);
    CHECK(names == std::set<std::string_view>{"original_tags", "tags"});
}

TEST_CASE("each default is of its field's type, or null", "[incident_fields]") {
    for (const IncidentField& field : incident_fields()) {
        CAPTURE(field.name);
        CHECK((field.default_value.is_null() || has_type(field.default_value, field.type)));
    }
}
