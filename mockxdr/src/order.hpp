#pragma once

#include "mockxdr/select.hpp"

namespace mockxdr {

/// Decides between two matches as one request orders them.
class Order {
   public:
    Order(const ServerOptions& options, const Query& query, std::uint64_t request);

    bool operator()(const Match& a, const Match& b) const;

   private:
    std::strong_ordering key_order(const Match& a, const Match& b) const;
    std::uint64_t draw(const Match& match) const;

    std::optional<Sort> sort_;  ///< nothing: all are equal, and `ties_` decides
    Ties ties_;
    std::uint64_t seed_;
};

}  // namespace mockxdr
