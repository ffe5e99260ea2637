#pragma once

#include <sys/types.h>

#include <cstdint>

#include "harness/sim/explore.hpp"

namespace harness {

/// A second process that plays the same schedules at the same time, to see that they show the same:
/// what depends on an address, on what was played before or on memory that was never written
/// differs between the two. Ends with its object.
class Twin {
   public:
    /// Forks. To be made before there are threads. Throws xdr::Error.
    Twin(const sim::Subject& subject, const sim::Campaign& campaign);
    ~Twin();
    Twin(const Twin&) = delete;
    Twin& operator=(const Twin&) = delete;

    /// Has it play these schedules; `digest` waits for the end. Both throw xdr::Error if it has
    /// died.
    void start(std::uint64_t first, std::uint64_t count);
    std::uint64_t digest();

   private:
    [[noreturn]] void serve(const sim::Subject& subject, const sim::Campaign& campaign) const;

    int socket_ = -1;
    pid_t child_ = -1;
};

}  // namespace harness
