#include "harness/sim/shrink.hpp"

#include <algorithm>
#include <cstddef>
#include <set>

namespace harness::sim {

namespace {

/// Fewer incidents, then shorter, then lower from the left.
bool is_smaller(const Tape& a, const Tape& b) {
    const int left = a.empty() ? 0 : a[0], right = b.empty() ? 0 : b[0];
    if (left != right) return left < right;
    if (a.size() != b.size()) return a.size() < b.size();
    return a < b;
}

class Shrinker {
   public:
    Shrinker(const Tape& tape, const Menu& menu, const std::function<bool(const Schedule&)>& fails)
        : menu_(menu), fails_(fails), best_(tape) {
        normalise(best_);
    }

    Shrunk shrink() {
        // Two numbers at once only where nothing else helps: there are many pairs.
        while (tries_ < most_tries && (remove_all_blocks() || lower_values() || trade_incidents() ||
                                       earlier() || another_frame() || lower_pairs())) {
        }
        return {.tape = best_, .schedule = schedule_, .tries = tries_};
    }

   private:
    static constexpr std::uint64_t most_tries = 100'000;

    /// The tape that the schedule was really drawn from: no numbers beyond its end, none too large.
    void normalise(const Tape& tape) {
        Recorded recorded(tape);
        Tape written;
        Recording<Recorded> recording(recorded, written);
        schedule_ = draw(recording, menu_);
        while (!written.empty() && written.back() == 0) written.pop_back();
        best_ = std::move(written);
    }

    bool accept(const Tape& candidate) {
        ++tries_;
        Recorded recorded(candidate);
        Tape written;
        Recording<Recorded> recording(recorded, written);
        const Schedule schedule = draw(recording, menu_);
        while (!written.empty() && written.back() == 0) written.pop_back();
        if (!is_smaller(written, best_) || !tried_.insert(written).second) return false;
        if (!fails_(schedule)) return false;
        best_ = std::move(written);
        schedule_ = schedule;
        return true;
    }

    /// One incident less for a little more of something else: the drain has runs for the number of
    /// incidents, and a larger page or limit may need fewer to go wrong.
    bool trade_incidents() {
        bool better = false;
        // At the end of the tape: one of those that are all zeros, which it leaves out.
        for (std::size_t at = std::max(best_.size(), last_of_frame) + 1; at-- > last_of_frame;) {
            Tape candidate = without(best_, std::min(at, best_.size()), incident_choices);
            candidate.resize(std::max(candidate.size(), order_of_ties + 1));
            if (candidate[count] == 0) continue;
            --candidate[count];
            better |= with_more(candidate) || with_other_ties(candidate);
        }
        return better;
    }

    /// One or two more of the runs, the limit, the page or look_back.
    bool with_more(const Tape& tape) {
        for (std::size_t of = 1; of <= last_of_frame; ++of)
            for (const int more : {1, 2}) {
                Tape candidate = tape;
                candidate[of] = static_cast<std::uint8_t>(candidate[of] + more);
                if (accept(candidate)) return true;
            }
        return false;
    }

    /// Ties in another order, and perhaps more runs to meet it.
    bool with_other_ties(const Tape& tape) {
        Tape candidate = tape;
        for (const int more : {0, 1, 2, 3}) {
            candidate[runs] = static_cast<std::uint8_t>(tape[runs] + more);
            for (std::uint8_t order = 0; order < orders; ++order) {
                candidate[order_of_ties] = order;
                if (accept(candidate)) return true;
            }
        }
        return false;
    }

    /// The first few incidents with any limit, any page and ties in any order: none of these need
    /// help alone. For what is still large only: there are many ways.
    bool another_frame() {
        if (best_.empty()) return false;
        for (std::uint8_t few = 1; few + 1 < best_[count]; ++few) {
            const std::size_t end = frame_choices + (few + std::size_t{1}) * incident_choices;
            Tape candidate = without(best_, std::min(end, best_.size()),
                                     (best_[count] - few) * incident_choices);
            candidate.resize(std::max(candidate.size(), order_of_ties + 1));
            candidate[count] = few;
            if (with_any_frame(candidate)) return true;
        }
        return false;
    }

    bool with_any_frame(Tape candidate) {
        for (candidate[limit] = 0; candidate[limit] <= menu_.most_limit; ++candidate[limit])
            for (candidate[page] = 0; candidate[page] <= menu_.most_page_cap; ++candidate[page])
                for (candidate[order_of_ties] = 0; candidate[order_of_ties] < orders;
                     ++candidate[order_of_ties])
                    if (accept(candidate)) return true;
        return false;
    }

    /// All that happens a run earlier, and a run less: no incident can do that alone.
    bool earlier() {
        Tape candidate = best_;
        const std::size_t incidents = candidate.empty() ? 0 : candidate[count] + std::size_t{1};
        const std::size_t hits = frame_choices + incidents * incident_choices;
        for (std::size_t slot = frame_choices + 1; slot < std::min(hits, candidate.size());
             slot += incident_choices)
            candidate[slot] = static_cast<std::uint8_t>(std::max(0, candidate[slot] - 2));
        if (candidate.size() > runs && candidate[runs] > 0) --candidate[runs];
        const std::size_t first_gap = hits + 1;
        if (candidate.size() > first_gap && candidate[first_gap] > 0) --candidate[first_gap];
        return accept(candidate);
    }

    /// Where numbers of the frame are.
    static constexpr std::size_t count = 0, runs = 1, limit = 2, page = 3, last_of_frame = 4,
                                 order_of_ties = 6;
    static constexpr std::uint8_t orders = 8;

    static Tape without(const Tape& tape, std::size_t at, std::size_t size) {
        Tape out = tape;
        const auto first = out.begin() + static_cast<std::ptrdiff_t>(at);
        const auto last =
            out.begin() + static_cast<std::ptrdiff_t>(std::min(at + size, out.size()));
        out.erase(first, last);
        return out;
    }

    /// What an incident takes, a hit, and parts of them.
    bool remove_all_blocks() {
        bool better = false;
        for (const std::size_t size : {incident_choices, 5UL, 4UL, 3UL, 1UL})
            better |= remove_blocks(size);
        return better;
    }

    /// A block alone, and with each earlier number one lower: a count and one of what it counts.
    bool remove_blocks(std::size_t size) {
        bool better = false;
        for (std::size_t at = best_.size(); at-- > 0;) {
            if (at + 1 > best_.size()) continue;
            const Tape shorter = without(best_, at, size);
            if (accept(shorter)) {
                better = true;
                continue;
            }
            better |= remove_counted(shorter, at);
        }
        return better;
    }

    bool remove_counted(const Tape& shorter, std::size_t at) {
        constexpr std::size_t near = incident_choices + 1;
        for (std::size_t which = 0; which < at && which < shorter.size(); ++which) {
            // The number of incidents comes first, that of hits right before them.
            if (shorter[which] == 0 || (which > 0 && which + near < at)) continue;
            Tape candidate = shorter;
            --candidate[which];
            if (accept(candidate)) return true;
        }
        return false;
    }

    bool lower_values() {
        bool better = false;
        for (std::size_t at = 0; at < best_.size(); ++at)
            for (const int value : {0, best_[at] / 2, best_[at] - 1}) {
                if (at >= best_.size() || value < 0 || value >= best_[at]) continue;
                Tape candidate = best_;
                candidate[at] = static_cast<std::uint8_t>(value);
                better |= accept(candidate);
            }
        return better;
    }

    /// Two numbers lower at once, by one each: times that must keep their distance.
    bool lower_pairs() {
        bool better = false;
        for (std::size_t a = 0; a < best_.size(); ++a)
            for (std::size_t b = a + 1; b < best_.size(); ++b) {
                if (best_[a] == 0 || best_[b] == 0) continue;
                Tape candidate = best_;
                --candidate[a];
                --candidate[b];
                better |= accept(candidate);
                if (a >= best_.size()) return better;
            }
        return better;
    }

    const Menu& menu_;
    const std::function<bool(const Schedule&)>& fails_;
    Tape best_;
    Schedule schedule_;
    std::uint64_t tries_ = 0;
    std::set<Tape, decltype(&is_smaller)> tried_{&is_smaller};  ///< played before
};

}  // namespace

Shrunk shrink(const Tape& tape, const Menu& menu,
              const std::function<bool(const Schedule&)>& fails) {
    return Shrinker(tape, menu, fails).shrink();
}

}  // namespace harness::sim
