#include "wire_fixed.hpp"

#include "mockxdr/json.hpp"
#include "print.hpp"

using namespace mockxdr;

namespace {

json::Value reply_of(const HttpReply& reply) {
    CHECK(reply.status == 200);
    CHECK(reply.content_type == "application/json");
    const json::Document document = json::parse(reply.body, json::Comments::refused);
    const json::Value* inner = document.root.find("reply");
    REQUIRE(inner);
    return *inner;
}

std::string expiration_at(const std::string& now) {
    const json::Value info = reply_of(tenant_info_reply(xdr::parse_iso8601(now)));
    return std::get<std::string>(info.find("pro_per_endpoint_expiration")->data());
}

}  // namespace

TEST_CASE("the health check has the size that was measured", "[wire_fixed]") {
    const HttpReply reply = healthcheck_reply();
    CHECK(reply.status == 200);
    CHECK(reply.content_type == "application/json");
    CHECK(reply.body == "{\"status\": \"Healthy\"}\n");
    CHECK(reply.body.size() == 22);
}

TEST_CASE("licences run out a year from now, on a date that exists", "[wire_fixed]") {
    const auto [now, end] = GENERATE(table<std::string, std::string>({
        {"2022-05-18T08:51:59.999Z", "May 18th 2023 08:51:59"},
        {"2024-01-01T00:00:00Z", "Jan 1st 2025 00:00:00"},
        {"2024-02-29T12:00:00Z", "Feb 28th 2025 12:00:00"},
        {"2023-02-28T12:00:00Z", "Feb 28th 2024 12:00:00"},
        {"2024-12-02T23:59:59Z", "Dec 2nd 2025 23:59:59"},
        {"2024-12-03T01:02:03Z", "Dec 3rd 2025 01:02:03"},
        {"2024-08-11T00:00:00Z", "Aug 11th 2025 00:00:00"},
        {"2024-08-12T00:00:00Z", "Aug 12th 2025 00:00:00"},
        {"2024-08-13T00:00:00Z", "Aug 13th 2025 00:00:00"},
        {"2024-08-21T00:00:00Z", "Aug 21st 2025 00:00:00"},
        {"2024-08-30T00:00:00Z", "Aug 30th 2025 00:00:00"},
    }));
    CHECK(expiration_at(now) == end);
}

TEST_CASE("the tenant's licences have the keys that clients read", "[wire_fixed]") {
    const json::Value info = reply_of(tenant_info_reply(xdr::TimePoint{}));
    REQUIRE(info.find("purchased_pro_per_endpoint"));
    REQUIRE(info.find("purchased_pro_per_endpoint")->find("agents"));
    CHECK(info.find("purchased_pro_per_endpoint")->find("agents")->get_if<std::int64_t>());
    REQUIRE(info.find("prevent_expiration"));
    CHECK(*info.find("prevent_expiration") == json::Value(0));
}

TEST_CASE("a key that got in is valid", "[wire_fixed]") {
    CHECK(validate_reply().body == R"({"reply": {"valid": true}})");
}

TEST_CASE("the versions of the agent are listed by platform", "[wire_fixed]") {
    const json::Value versions = reply_of(versions_reply());
    for (const std::string_view platform : {"windows", "linux", "macos"}) {
        CAPTURE(platform);
        REQUIRE(versions.find(platform));
        const auto* list = versions.find(platform)->get_if<json::Array>();
        REQUIRE(list);
        REQUIRE_FALSE(list->empty());
        CHECK(list->front().get_if<std::string>());
    }
}
