#include "mockxdr/incident_fields.hpp"

#include <set>

#include "print.hpp"

using namespace mockxdr;

TEST_CASE("the incident object has the keys of the API page, each once", "[incident_fields]") {
    std::set<std::string_view> names;
    for (const IncidentField& field : incident_fields()) names.insert(field.name);
    CHECK(names.size() == incident_fields().size());
    CHECK(names.size() == 40);
    CHECK(names.contains("incident_id"));
    CHECK(names.contains("mitre_techniques_ids_and_names"));
    CHECK_FALSE(names.contains("comments"));
}

TEST_CASE("each default is of its field's type, or null", "[incident_fields]") {
    for (const IncidentField& field : incident_fields()) {
        CAPTURE(field.name);
        CHECK((field.default_value.is_null() || has_type(field.default_value, field.type)));
    }
}

TEST_CASE("a near miss is taken for the name that was meant", "[incident_fields]") {
    CHECK(nearest("statuss", std::vector<std::string_view>{"starred", "status"}) == "status");
    CHECK(nearest("creation_tme", std::vector<std::string_view>{"creation_time"}) ==
          "creation_time");
    CHECK_FALSE(nearest("zebra", std::vector<std::string_view>{"status", "starred"}));
    CHECK_FALSE(nearest("x", std::vector<std::string_view>{}));
}
