#include "shard.hpp"

#include "xdr/text.hpp"

namespace harness {

std::optional<Shard> read_shard(const std::string& text) {
    const auto slash = text.find('/');
    const auto number = [](const std::string& part) -> std::uint64_t {
        return xdr::is_digits(part) && part.size() < 10 ? std::stoull(part) : 0;
    };
    if (slash == std::string::npos) return std::nullopt;
    const Shard shard{.index = number(text.substr(0, slash)), .of = number(text.substr(slash + 1))};
    if (shard.index < 1 || shard.index > shard.of) return std::nullopt;
    return shard;
}

}  // namespace harness
