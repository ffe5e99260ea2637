#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "wire.hpp"

namespace mockxdr {

/// Writes pages of get_incidents. An incident's JSON is made once for each of its versions and then
/// copied, as long as it is among the recent ones.
class IncidentTexts {
   public:
    explicit IncidentTexts(Form form) : form_(form) {}

    std::string write_page(const Selection& selection);

   private:
    struct Text {
        TimePoint from{};
        ChangeCount change = 0;
        std::string json;
    };

    static constexpr std::size_t most_bytes = std::size_t{64} << 20U;

    const std::string& text_of(const Match& match);
    void forget_oldest();

    Form form_;
    std::vector<std::unique_ptr<Text>> texts_;  ///< by the incident's position
    std::deque<std::size_t> kept_;              ///< positions, the oldest first
    std::size_t bytes_ = 0;
};

}  // namespace mockxdr
