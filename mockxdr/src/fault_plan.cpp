#include "mockxdr/fault_plan.hpp"

#include <cmath>
#include <utility>

#include "mockxdr/mixed.hpp"

namespace mockxdr {

namespace {

/// What a draw decides: the same request and fault need numbers that have nothing in common.
enum class Draw : std::uint64_t { whether = 1, delay = 2 };

/// The number that the fault's conditions count by.
std::uint64_t number_of(const Fault& fault, const Incoming& incoming) {
    return fault.endpoint ? incoming.request : incoming.number;
}

std::uint64_t draw(std::uint64_t seed, std::uint64_t request, std::size_t index, Draw purpose) {
    const std::uint64_t rule = mixed(mixed(index) ^ static_cast<std::uint64_t>(purpose));
    return mixed(mixed(seed ^ mixed(request)) ^ rule);
}

/// Compares integers: `probability` times 2^53 is exact but for what lies below 2^-53.
bool hits(double probability, std::uint64_t drawn) {
    return (drawn >> 11U) < static_cast<std::uint64_t>(std::ceil(std::ldexp(probability, 53)));
}

bool is_unseen(const Fault& fault) {
    const auto* reply = std::get_if<ReplyFault>(&fault.effect);
    return reply && is_unseen(*reply);
}

bool needs_gzip(const Fault& fault) {
    const auto* reply = std::get_if<ReplyFault>(&fault.effect);
    return reply && std::holds_alternative<TruncatedGzip>(*reply);
}

}  // namespace

FaultPlan::FaultPlan(std::vector<Fault> faults, TimePoint start, std::uint64_t seed)
    : faults_(std::move(faults)),
      fired_(faults_.size(), 0),
      unseen_(faults_.size(), 0),
      start_(start),
      seed_(seed) {}

/// A request that was never seen is not counted, and the next one has its number: a fault that
/// looks at the number would hit that one again, and so on for ever.
bool FaultPlan::holds_back(std::size_t index, const Incoming& incoming) const {
    const Fault& fault = faults_[index];
    return (fault.request || fault.every || fault.probability) &&
           unseen_[index] == number_of(fault, incoming);
}

bool FaultPlan::applies(std::size_t index, const Incoming& incoming) const {
    const Fault& fault = faults_[index];
    if (fault.endpoint && fault.endpoint != incoming.endpoint) return false;
    if (needs_gzip(fault) && !incoming.accepts_gzip) return false;
    if (fault.from && incoming.now < start_ + *fault.from) return false;
    if (fault.until && incoming.now >= start_ + *fault.until) return false;
    if (fault.run && fault.run != run_) return false;
    if (fault.search_from && fault.search_from != incoming.search_from) return false;
    const std::uint64_t number = number_of(fault, incoming);
    if (fault.request && static_cast<std::uint64_t>(*fault.request) != number) return false;
    if (fault.every && number % static_cast<std::uint64_t>(*fault.every) != 0) return false;
    if (holds_back(index, incoming)) return false;
    return !fault.probability ||
           hits(*fault.probability, draw(seed_, number, index, Draw::whether));
}

std::optional<ReplyFault> FaultPlan::reply_fault(const Incoming& incoming) {
    if (off_) return std::nullopt;
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        const auto* fault = std::get_if<ReplyFault>(&faults_[i].effect);
        if (!fault || !applies(i, incoming)) continue;
        ++fired_[i];
        const std::uint64_t number = number_of(faults_[i], incoming);
        if (is_unseen(faults_[i])) unseen_[i] = number;
        const auto* delay = std::get_if<Delay>(fault);
        if (!delay) return *fault;
        const auto span = static_cast<std::uint64_t>((delay->most - delay->least).count()) + 1;
        const std::uint64_t more = draw(seed_, number, i, Draw::delay) % span;
        const Millis time = delay->least + Millis{static_cast<std::int64_t>(more)};
        return Delay{.least = time, .most = time};
    }
    return std::nullopt;
}

std::optional<Crash> FaultPlan::crash(std::int64_t run) {
    if (off_) return std::nullopt;
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        const auto* crash = std::get_if<Crash>(&faults_[i].effect);
        if (!crash || faults_[i].run != run) continue;
        ++fired_[i];
        return *crash;
    }
    return std::nullopt;
}

std::optional<Restore> FaultPlan::restore(std::int64_t run, std::int64_t saves) {
    if (off_) return std::nullopt;
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        const auto* restore = std::get_if<Restore>(&faults_[i].effect);
        if (!restore || faults_[i].run != run || saves <= restore->saves) continue;
        ++fired_[i];
        return *restore;
    }
    return std::nullopt;
}

std::vector<std::size_t> FaultPlan::unfired() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < fired_.size(); ++i)
        if (fired_[i] == 0) out.push_back(i);
    return out;
}

}  // namespace mockxdr
