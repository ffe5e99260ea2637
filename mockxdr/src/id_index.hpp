#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace mockxdr {

/// Finds where an id stands in a list. Holds positions only: `id_at(position)` must give the id's
/// text, always the same one.
class IdIndex {
   public:
    static constexpr std::uint32_t none = UINT32_MAX;

    /// For at most `count` ids.
    explicit IdIndex(std::size_t count) {
        std::size_t size = 16;
        while (size < 2 * count) size *= 2;
        slots_.assign(size, none);
    }

    /// False if the same id was added before.
    template <class IdAt>
    bool add(std::uint32_t position, IdAt&& id_at) {
        std::uint32_t& slot = slots_[slot_of(id_at(position), id_at)];
        if (slot != none) return false;
        slot = position;
        return true;
    }

    /// The position that was added for an id, or `none`.
    template <class IdAt>
    std::uint32_t find(std::string_view id, IdAt&& id_at) const {
        return slots_[slot_of(id, id_at)];
    }

   private:
    template <class IdAt>
    std::size_t slot_of(std::string_view id, IdAt&& id_at) const {
        const std::size_t mask = slots_.size() - 1;
        std::size_t at = std::hash<std::string_view>()(id) & mask;
        while (slots_[at] != none && std::string_view(id_at(slots_[at])) != id)
            at = (at + 1) & mask;
        return at;
    }

    std::vector<std::uint32_t> slots_;
};

}  // namespace mockxdr
