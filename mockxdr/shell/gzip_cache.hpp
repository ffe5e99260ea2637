#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace mockxdr {

/// Compressed bodies by the tags of their replies; those that were used last stay. Thread-safe.
class GzipCache {
   public:
    using Bytes = std::shared_ptr<const std::string>;

    /// `limit`: bytes of compressed bodies and their tags that are kept.
    explicit GzipCache(std::size_t limit = std::size_t{32} << 20U) : limit_(limit) {}

    /// The body, compressed, from an earlier call with the same tag if there was one. Nothing is
    /// kept for an empty tag. Compresses outside of the lock, so two threads may do it at once.
    Bytes compressed(const std::string& tag, const std::string& body);

    /// Bytes that are kept.
    std::size_t size() const;

   private:
    struct Entry {
        std::string tag;
        Bytes bytes;
    };

    Bytes find(const std::string& tag);
    Bytes keep(const std::string& tag, Bytes bytes);

    const std::size_t limit_;
    mutable std::mutex mutex_;
    std::list<Entry> entries_;  ///< the one used last comes first
    std::map<std::string, std::list<Entry>::iterator, std::less<>> places_;
    std::size_t size_ = 0;
};

}  // namespace mockxdr
