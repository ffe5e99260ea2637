#include "triggers.hpp"

#include <algorithm>

namespace mockxdr {

void Triggers::add(const Trigger& trigger, Waiting waiting) {
    const std::int64_t page = trigger.page.value_or(any_page);
    answered_.emplace(page, 0);
    waiting_[{.page = page, .request = trigger.request}].push_back(std::move(waiting));
}

void Triggers::take(std::int64_t page, std::vector<Waiting>& happens) {
    const auto count = answered_.find(page);
    if (count == answered_.end()) return;
    const auto due = waiting_.find({.page = page, .request = ++count->second});
    if (due == waiting_.end()) return;
    for (Waiting& waiting : due->second) happens.push_back(std::move(waiting));
    waiting_.erase(due);
}

std::vector<Waiting> Triggers::answered(std::int64_t page) {
    std::vector<Waiting> happens;
    take(any_page, happens);
    take(page, happens);
    std::sort(happens.begin(), happens.end());
    return happens;
}

std::vector<std::size_t> Triggers::waiting() const {
    std::vector<std::size_t> positions;
    for (const auto& [moment, all] : waiting_)
        for (const Waiting& waiting : all) positions.push_back(waiting.position);
    std::sort(positions.begin(), positions.end());
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    return positions;
}

}  // namespace mockxdr
