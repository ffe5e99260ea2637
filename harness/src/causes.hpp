#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/explain.hpp"
#include "mockxdr/keys.hpp"
#include "mockxdr/select.hpp"

namespace harness {

/// What kept an incident out of a reply.
struct KeptOut {
    Cause cause = Cause::not_created;
    std::string text;                         ///< with its numbers: `before the window by 59.999s`
    std::optional<Millis> by{};               ///< how much too early or too late
    const mockxdr::Filter* filter = nullptr;  ///< the condition of the query that did not hold
    std::int64_t rank = 0;                    ///< among all that matched, from 1; 0 for none
};

/// One request that was answered with rows, and the world that it met: all must outlive this.
class Answered {
   public:
    /// `permission` is that of the key which asked.
    Answered(const mockxdr::World& world, const mockxdr::ServerOptions& options,
             const mockxdr::Query& query, const mockxdr::Moment& moment,
             mockxdr::Permission permission = mockxdr::Permission::ordinary);

    /// The first thing that kept the incident out, of all but its rank; nothing if it matched.
    std::optional<KeptOut> mismatch(const mockxdr::Incident& incident) const;

    /// Whether the key may not read an incident that matched.
    bool hides(const mockxdr::Incident& incident) const;

    /// Why an incident that matched was not on the page. Looks at the whole world.
    KeptOut off_page(const mockxdr::Incident& incident);

    /// The same without its rank, from the rows that were on the page, by their positions: looks at
    /// no other incident. `returned` is not empty, or the page began behind all that matched.
    KeptOut off_page(const mockxdr::Incident& incident,
                     const std::vector<std::uint32_t>& returned) const;

    /// How many of all that matched stand before it, and how many matched.
    mockxdr::Place place_of(const mockxdr::Incident& incident);

   private:
    KeptOut unseen(const mockxdr::Incident& incident) const;
    const std::vector<mockxdr::Match>& ranking();

    const mockxdr::World& world_;
    const mockxdr::ServerOptions& options_;
    const mockxdr::Query& query_;
    mockxdr::Moment moment_;
    mockxdr::Permission permission_;
    bool counted_ = false;  ///< one incident was ranked: for another it pays to sort
    std::optional<std::vector<mockxdr::Match>> ranking_;
};

/// `before_window` and so on.
std::string_view name_of(Cause cause);

}  // namespace harness
