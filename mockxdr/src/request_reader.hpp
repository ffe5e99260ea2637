#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mockxdr/ascii.hpp"
#include "mockxdr/json.hpp"
#include "mockxdr/names.hpp"
#include "mockxdr/service.hpp"

namespace mockxdr {

/// The first thing wrong with a request: thrown by the functions below, caught by read_request.
struct Rejected {
    Refusal refusal;
};

[[noreturn]] void reject(int status, std::string why);

/// The value as a message quotes it, not too long.
std::string quoted(const json::Value& value);
std::string shortened(std::string_view text);

/// An integer in any form of JSON number, as Python's clients may send 1e3 or 100.0.
std::int64_t read_integer(const json::Value& value, const std::string& at);
std::string read_text(const json::Value& value, const std::string& at);  ///< not empty
std::vector<std::string> read_texts(const json::Value& value, const std::string& at);

[[noreturn]] void reject_missing(std::string_view key);

/// The member `incident_id`, not null and not empty. Clients send it as a number, too.
std::string read_incident_id(const json::Value& data);

/// A member that must be there, as text that is not empty.
std::string text_member(const json::Value& object, std::string_view key, const std::string& at);

/// `request_data` of a request's body.
const json::Value& request_data(const json::Value& root);

/// Parses a body and hands its `request_data` to `read`; a Refusal for what either one rejects.
/// Bad input is refused, never ignored: what is silently dropped is the worst bug a mock can have.
template <class Read>
auto read_request(std::string_view body, const ServerOptions& options, Read read)
    -> std::variant<decltype(read(std::declval<const json::Value&>())), Refusal>;

/// The tree of a request body. Throws Rejected.
json::Document parse_body(std::string_view body, const ServerOptions& options);

template <class Read>
auto read_request(std::string_view body, const ServerOptions& options, Read read)
    -> std::variant<decltype(read(std::declval<const json::Value&>())), Refusal> {
    try {
        const json::Document document = parse_body(body, options);
        return read(request_data(document.root));
    } catch (const Rejected& rejected) {
        return rejected.refusal;
    }
}

}  // namespace mockxdr
