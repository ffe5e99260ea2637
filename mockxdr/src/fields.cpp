#include "mockxdr/fields.hpp"

#include <algorithm>

namespace mockxdr {

const json::Value* Fields::find(std::string_view name) const {
    const auto found =
        std::find_if(begin(), end(), [&](const Entry& entry) { return entry.first == name; });
    return found == end() ? nullptr : &found->second;
}

Fields Fields::with(const Fields& later) const {
    if (later.empty()) return *this;
    if (empty()) return later;
    std::vector<Entry> all(begin(), end());
    for (const Entry& entry : later) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const Entry& earlier) {
            return earlier.first == entry.first;
        });
        if (found == all.end())
            all.push_back(entry);
        else
            found->second = entry.second;
    }
    return Fields(std::move(all));
}

}  // namespace mockxdr
