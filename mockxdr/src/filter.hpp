#pragma once

#include <string>

#include "mockxdr/select.hpp"

namespace mockxdr {

/// Whether a text field passes a filter; nullptr is one that is null or absent, and equals nothing.
bool text_matches(const Filter& filter, const std::string* text);

/// The status as queries see it; nullptr if it is null or absent.
const std::string* seen_status(const Match& match);

}  // namespace mockxdr
