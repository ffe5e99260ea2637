#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace fetcher {

/// A reply's body as it comes in, unpacked on the way: a small packed body must not become a large
/// one, and httplib takes half of a packed body for a whole one.
class ReplyBody {
   public:
    enum class Packing { none, gzip };
    enum class Fault {
        none,
        too_large,  ///< more than the limit, packed or unpacked
        broken,     ///< what is said to be packed does not unpack, or its end is missing
    };

    /// `most` is the limit in bytes.
    ReplyBody(Packing packing, std::size_t most);
    ~ReplyBody();
    ReplyBody(ReplyBody&&) noexcept;

    /// False once there is a fault: nothing more is wanted.
    bool add(std::string_view bytes);

    /// The fault of the body that has come to its end; the text is whole if there is none.
    Fault end() const;
    std::string take() { return std::move(text_); }

   private:
    class Inflation;

    void unpack(std::string_view bytes);

    std::unique_ptr<Inflation> inflation_;
    std::string text_;
    std::size_t most_, received_ = 0;
    Fault fault_ = Fault::none;
};

}  // namespace fetcher
