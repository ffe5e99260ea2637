#pragma once

#include <functional>
#include <string>

#include "harness/journal.hpp"

namespace harness {

/// What `serve` writes to stderr: one line a request, as text, as JSON lines, or nothing.
/// `form` is `text`, `json` or `off`.
std::function<void(const JournalEntry&)> request_log(const std::string& form);

/// What stderr says to a person, such as a warning or why an edit was not taken: each line of the
/// text by itself, in the same form.
void log_note(const std::string& form, const std::string& text);

}  // namespace harness
