#include "xdr/id.hpp"

#include <algorithm>
#include <string_view>

#include "xdr/text.hpp"

namespace xdr {

namespace {

std::string_view without_leading_zeros(std::string_view digits) {
    const auto first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    return digits.substr(first);
}

std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
    const std::string_view x = without_leading_zeros(a), y = without_leading_zeros(b);
    if (x.size() != y.size()) return x.size() <=> y.size();
    return x.compare(y) <=> 0;
}

}  // namespace

std::strong_ordering operator<=>(const IncidentId& a, const IncidentId& b) {
    const bool a_digits = is_digits(a.text_), b_digits = is_digits(b.text_);
    if (a_digits != b_digits)
        return a_digits ? std::strong_ordering::less : std::strong_ordering::greater;
    if (a_digits)
        if (const auto by_number = compare_numbers(a.text_, b.text_); by_number != 0)
            return by_number;
    return a.text_.compare(b.text_) <=> 0;
}

}  // namespace xdr
