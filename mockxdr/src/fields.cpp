#include "mockxdr/fields.hpp"

#include <algorithm>

namespace mockxdr {

std::span<const json::Value> CommentList::values() const {
    return all_ ? std::span<const json::Value>(*all_).first(size_) : std::span<const json::Value>();
}

CommentList CommentList::with(json::Value comment) const {
    CommentList longer = *this;
    // If another copy went on differently from here, the two share no more.
    if (!all_ || all_->size() != size_)
        longer.all_ = std::make_shared<std::vector<json::Value>>(values().begin(), values().end());
    longer.all_->push_back(std::move(comment));
    ++longer.size_;
    return longer;
}

bool operator==(const CommentList& a, const CommentList& b) {
    if (a.size_ != b.size_) return false;
    return a.all_ == b.all_ || std::ranges::equal(a.values(), b.values());
}

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
    const bool anew = !later.comments().empty() || later.find("comments");
    return Fields(std::move(all), anew ? later.comments() : comments());
}

}  // namespace mockxdr
