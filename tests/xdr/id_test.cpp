#include "xdr/id.hpp"

#include <rapidcheck.h>

#include "print.hpp"
#include "property.hpp"

using xdr::IncidentId;

TEST_CASE("ids of digits sort by number and before the others", "[id]") {
    CHECK(IncidentId("9") < IncidentId("10"));
    CHECK(IncidentId("10") < IncidentId("9a"));
    CHECK(IncidentId("a10") < IncidentId("a9"));
    CHECK(IncidentId("99999999999999999998") < IncidentId("99999999999999999999"));
    CHECK(IncidentId("999") < IncidentId("INC-1"));
}

TEST_CASE("two spellings of a number are two ids in a fixed order", "[id]") {
    CHECK(IncidentId("7") != IncidentId("007"));
    CHECK((IncidentId("7") < IncidentId("007")) != (IncidentId("007") < IncidentId("7")));
    CHECK(IncidentId("007") < IncidentId("8"));
}

TEST_CASE("ids are strictly ordered", "[id][property]") {
    require_property(
        "id order is total",
        [] {
            const auto draw = [] {
                return IncidentId(
                    *rc::gen::container<std::string>(rc::gen::element('0', '1', '9', 'a')));
            };
            const IncidentId a = draw(), b = draw(), c = draw();
            RC_ASSERT((a == b) == (!(a < b) && !(b < a)));
            RC_ASSERT((a < b) == (b > a));
            if (a < b && b < c) RC_ASSERT(a < c);
        },
        2000);
}
