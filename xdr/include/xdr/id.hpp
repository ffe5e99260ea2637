#pragma once

#include <compare>
#include <string>
#include <utility>

namespace xdr {

/// An incident's id as the API sends it: text. Ids that consist of digits sort by their number and
/// before all others, which sort as text; two spellings of one number (`7`, `007`) are two ids.
class IncidentId {
   public:
    IncidentId() = default;
    explicit IncidentId(std::string text) : text_(std::move(text)) {}

    const std::string& text() const { return text_; }

    friend bool operator==(const IncidentId&, const IncidentId&) = default;
    friend std::strong_ordering operator<=>(const IncidentId& a, const IncidentId& b);

   private:
    std::string text_;
};

}  // namespace xdr
