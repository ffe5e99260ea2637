#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <memory>
#include <type_traits>

namespace harness::sim {

/// A vector of at most N elements that live inside of it: a simulation allocates nothing. It is
/// copied whole: to copy some bytes too many is faster than to decide how many.
template <class T, std::size_t N>
class List {
    static_assert(std::is_trivially_copyable_v<T>);

   public:
    using value_type = T;
    using iterator = T*;
    using const_iterator = const T*;

    List() : size_(0) {}
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    T* begin() { return items_; }
    T* end() { return items_ + size_; }
    const T* begin() const { return items_; }
    const T* end() const { return items_ + size_; }
    T& operator[](std::size_t index) { return items_[index]; }
    const T& operator[](std::size_t index) const { return items_[index]; }
    T& back() { return items_[size_ - 1]; }
    const T& back() const { return items_[size_ - 1]; }
    void clear() { size_ = 0; }

    void push_back(const T& value) {
        assert(size_ < N);
        std::construct_at(items_ + size_++, value);
    }

    /// A new one, in its place: to make it elsewhere and to copy it takes longer.
    void push_back_new() {
        assert(size_ < N);
        std::construct_at(items_ + size_++);
    }

    /// Of more than `size` the others go.
    void keep_first(std::size_t size) {
        assert(size <= size_);
        size_ = size;
    }

    friend bool operator==(const List& a, const List& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

   private:
    std::size_t size_;
    union {
        T items_[N];
    };
};

/// Keeps a list sorted: puts the value, which is none of its own, behind those that are not after
/// it. Of more than `most` (1 or more) the last one goes.
template <class T, std::size_t N, class Before>
void insert_sorted(List<T, N>& list, const T& value, Before before, std::size_t most = N) {
    if (list.size() < most)
        list.push_back(value);
    else if (!before(value, list.back()))
        return;
    T* at = list.end() - 1;
    for (; at != list.begin() && before(value, *(at - 1)); --at) *at = *(at - 1);
    *at = value;
}

}  // namespace harness::sim
