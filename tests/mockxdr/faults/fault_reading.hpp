#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "faults.hpp"
#include "print.hpp"
#include "scenario_parts.hpp"
#include "wire.hpp"

namespace Catch {

template <>
struct StringMaker<mockxdr::ReplyFault> {
    static std::string convert(const mockxdr::ReplyFault& fault) {
        return mockxdr::describe(fault);
    }
};

}  // namespace Catch

/// `line:column: what is wrong (at /its/place); what is expected`, as in messages about a file.
inline std::vector<std::string> texts(const mockxdr::Findings& findings) {
    std::vector<std::string> out;
    for (const mockxdr::Finding& finding : findings)
        out.push_back(std::to_string(finding.at.line) + ":" + std::to_string(finding.at.column) +
                      ": " + finding.what + " (at " + finding.pointer + "); " + finding.expected);
    return out;
}

/// What is wrong with an object `reply`.
inline std::vector<std::string> wrong_with(const std::string& reply) {
    const mockxdr::json::Document document =
        mockxdr::json::parse(reply, mockxdr::json::Comments::refused);
    mockxdr::Findings findings;
    mockxdr::read_reply({.value = document.root, .pointer = ""}, findings);
    return texts(findings);
}

/// The fault that an object `reply` names; a failure if anything is wrong with it.
inline mockxdr::ReplyFault read(const std::string& reply) {
    const mockxdr::json::Document document =
        mockxdr::json::parse(reply, mockxdr::json::Comments::refused);
    mockxdr::Findings findings;
    const auto fault = mockxdr::read_reply({.value = document.root, .pointer = ""}, findings);
    CHECK(texts(findings) == std::vector<std::string>{});
    REQUIRE(fault);
    return *fault;
}

/// A reply without fault, at noon.
inline mockxdr::HttpReply regular_reply() {
    return {.body = R"({"reply": 1})",
            .headers = {{"X-Regular", "yes"}},
            .date = xdr::parse_iso8601("2024-01-01T12:00:00Z"),
            .tag = "page 1"};
}

/// What the fault makes of that reply.
inline mockxdr::HttpReply hit_by(const mockxdr::ReplyFault& fault,
                                 const mockxdr::ServerOptions& options = {}) {
    return mockxdr::write_fault(fault, regular_reply(), options);
}

/// A fault that bends how a reply travels leaves the reply itself alone.
inline void check_same_content(const mockxdr::HttpReply& reply) {
    const mockxdr::HttpReply regular = regular_reply();
    CHECK(reply.status == regular.status);
    CHECK(reply.content_type == regular.content_type);
    CHECK(reply.body == regular.body);
    CHECK(reply.headers == regular.headers);
    CHECK(reply.date == regular.date);
    CHECK(reply.tag == regular.tag);
}

using Texts = std::vector<std::string>;
