#include "gzip_cache.hpp"

#include <utility>

#include "gzip.hpp"

namespace mockxdr {

GzipCache::Bytes GzipCache::compressed(const std::string& tag, const std::string& body) {
    if (tag.empty()) return std::make_shared<const std::string>(gzip(body));
    if (Bytes found = find(tag)) return found;
    return keep(tag, std::make_shared<const std::string>(gzip(body)));
}

std::size_t GzipCache::size() const {
    const std::lock_guard lock(mutex_);
    return size_;
}

GzipCache::Bytes GzipCache::find(const std::string& tag) {
    const std::lock_guard lock(mutex_);
    const auto place = places_.find(tag);
    if (place == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, place->second);
    return place->second->bytes;
}

GzipCache::Bytes GzipCache::keep(const std::string& tag, Bytes bytes) {
    const std::lock_guard lock(mutex_);
    if (const auto place = places_.find(tag); place != places_.end()) return place->second->bytes;
    size_ += bytes->size() + 2 * tag.size();
    entries_.push_front({.tag = tag, .bytes = bytes});
    places_.emplace(tag, entries_.begin());
    while (size_ > limit_) {
        size_ -= entries_.back().bytes->size() + 2 * entries_.back().tag.size();
        places_.erase(entries_.back().tag);
        entries_.pop_back();
    }
    return bytes;
}

}  // namespace mockxdr
