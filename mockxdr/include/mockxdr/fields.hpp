#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mockxdr/json.hpp"

namespace mockxdr {

/// A value that copies share. Equality is that of the values.
template <class T>
class Shared {
   public:
    Shared() = default;
    explicit Shared(T value) : value_(std::make_shared<const T>(std::move(value))) {}

    /// A default value if none was given.
    const T& get() const {
        static const T none{};
        return value_ ? *value_ : none;
    }

    friend bool operator==(const Shared& a, const Shared& b) {
        return a.value_ == b.value_ || a.get() == b.get();
    }

   private:
    std::shared_ptr<const T> value_;
};

/// Keys of the incident object and the values that they are set to, in the order of the file.
/// Copies share: a million incidents of one `repeat` hold one list.
class Fields {
   public:
    using Entry = std::pair<std::string, json::Value>;

    Fields() = default;
    Fields(std::initializer_list<Entry> entries) : entries_(std::vector<Entry>(entries)) {}
    explicit Fields(std::vector<Entry> entries) : entries_(std::move(entries)) {}

    auto begin() const { return entries_.get().begin(); }
    auto end() const { return entries_.get().end(); }
    bool empty() const { return entries_.get().empty(); }
    std::size_t size() const { return entries_.get().size(); }

    /// The value of that key, or nullptr.
    const json::Value* find(std::string_view name) const;

    /// These, and those of `later` over them.
    Fields with(const Fields& later) const;

    friend bool operator==(const Fields&, const Fields&) = default;

   private:
    Shared<std::vector<Entry>> entries_;
};

}  // namespace mockxdr
