#include "mockxdr/fault.hpp"

#include "xdr/text.hpp"

namespace mockxdr {

namespace {

struct Words {
    std::string operator()(const ReplyFault& reply) const { return describe(reply); }
    std::string operator()(Crash crash) const { return "crash " + std::string(name_of(crash)); }
    std::string operator()(Restore restore) const {
        return "restore the last run of " + xdr::counted(restore.saves, "save") + " ago";
    }
};

}  // namespace

std::string_view name_of(Crash crash) { return crash_names.at(static_cast<std::size_t>(crash)); }

std::string describe(const Fault& fault) { return std::visit(Words{}, fault.effect); }

}  // namespace mockxdr
