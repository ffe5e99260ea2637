#pragma once

#include <string>
#include <string_view>

#include "mockxdr/http.hpp"
#include "mockxdr/json.hpp"
#include "mockxdr/scenario.hpp"
#include "stage.hpp"

namespace harness {

/// A reply of the admin API.
mockxdr::HttpReply json_reply(const mockxdr::json::Value& value, int status = 200);

/// `{"errors": [{"where", "what", "hint"}]}`.
mockxdr::HttpReply error_reply(int status, const std::vector<xdr::Problem>& problems);

/// One parameter of the URL; nothing if it is absent.
std::optional<std::string> parameter(const mockxdr::HttpRequest& request, std::string_view name);

/// A parameter that is a number from `least` on. Throws xdr::Error.
std::optional<std::int64_t> number_parameter(const mockxdr::HttpRequest& request,
                                             std::string_view name, std::int64_t least);

/// The body as an object, or an empty one if there is no body. Throws xdr::Error.
mockxdr::json::Value body_object(const mockxdr::HttpRequest& request);

/// A text member that must be there. Throws xdr::Error.
std::string text_of(const mockxdr::json::Value& object, std::string_view key,
                    std::string_view expected);

mockxdr::json::Value clock_json(const Play& play, const StageOptions& options);

/// What happened in (after, until], as the reply of an advance tells it.
mockxdr::json::Value events_json(const Play& play, TimePoint after, TimePoint until);

/// The truth at `now`: incidents [from, from + limit) of the file.
mockxdr::json::Value incidents_json(const Play& play, TimePoint now, std::int64_t from,
                                    std::int64_t limit);

/// Each fault with how often it fired.
mockxdr::json::Value faults_json(Play& play);

}  // namespace harness
