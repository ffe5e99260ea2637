#include "mockxdr/fault_plan.hpp"

#include <utility>

namespace mockxdr {

FaultPlan::FaultPlan(std::vector<Fault> faults, TimePoint start)
    : faults_(std::move(faults)), fired_(faults_.size(), false), start_(start) {}

bool FaultPlan::applies(const Fault& fault, std::uint64_t request, TimePoint now) const {
    if (fault.request) return static_cast<std::uint64_t>(*fault.request) == request;
    if (fault.run) return fault.run == run_;
    return start_ + *fault.from <= now && now < start_ + *fault.until;
}

const ReplyFault* FaultPlan::reply_fault(std::uint64_t request, TimePoint now) {
    if (off_) return nullptr;
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        const auto* fault = std::get_if<ReplyFault>(&faults_[i].effect);
        if (!fault || !applies(faults_[i], request, now)) continue;
        fired_[i] = true;
        return fault;
    }
    return nullptr;
}

std::optional<Crash> FaultPlan::crash(std::int64_t run) {
    if (off_) return std::nullopt;
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        const auto* crash = std::get_if<Crash>(&faults_[i].effect);
        if (!crash || faults_[i].run != run) continue;
        fired_[i] = true;
        return *crash;
    }
    return std::nullopt;
}

std::vector<std::size_t> FaultPlan::unfired() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < fired_.size(); ++i)
        if (!fired_[i]) out.push_back(i);
    return out;
}

}  // namespace mockxdr
