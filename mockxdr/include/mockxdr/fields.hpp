#pragma once

#include <initializer_list>
#include <memory>
#include <span>
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

/// Comments that clients added, the oldest first. Copies share them and each knows how many are its
/// own, so that one comment more costs the same after thousands of others. Not thread-safe.
class CommentList {
   public:
    std::span<const json::Value> values() const;
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    /// These and one more.
    CommentList with(json::Value comment) const;

    friend bool operator==(const CommentList& a, const CommentList& b);

   private:
    std::shared_ptr<std::vector<json::Value>> all_;  ///< may hold more than `size_`
    std::size_t size_ = 0;
};

/// Keys of the incident object and the values that they are set to, in the order of the file.
/// Copies share: a million incidents of one `repeat` hold one list.
class Fields {
   public:
    using Entry = std::pair<std::string, json::Value>;

    Fields() = default;
    Fields(std::initializer_list<Entry> entries) : Fields(std::vector<Entry>(entries)) {}
    explicit Fields(std::vector<Entry> entries, CommentList comments = {})
        : content_({.entries = std::move(entries), .comments = std::move(comments)}) {}

    auto begin() const { return content_.get().entries.begin(); }
    auto end() const { return content_.get().entries.end(); }
    bool empty() const { return size() == 0 && comments().empty(); }
    std::size_t size() const { return content_.get().entries.size(); }

    /// The value of that key, or nullptr.
    const json::Value* find(std::string_view name) const;

    /// What comes after the value of `comments`.
    const CommentList& comments() const { return content_.get().comments; }

    /// These, and those of `later` over them. The comments of `later` hold the ones that are here;
    /// if it has none and sets the key `comments`, none are left.
    Fields with(const Fields& later) const;

    friend bool operator==(const Fields&, const Fields&) = default;

   private:
    struct Content {
        std::vector<Entry> entries{};
        CommentList comments{};

        friend bool operator==(const Content&, const Content&) = default;
    };

    Shared<Content> content_;
};

}  // namespace mockxdr
