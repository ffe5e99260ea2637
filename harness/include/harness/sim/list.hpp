#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <memory>
#include <type_traits>

namespace harness::sim {

/// A vector of at most N elements that live inside of it: a simulation allocates nothing.
template <class T, std::size_t N>
class List {
    static_assert(std::is_trivially_destructible_v<T>);

   public:
    using value_type = T;
    using iterator = T*;
    using const_iterator = const T*;

    List() : size_(0) {}
    List(const List& other) : size_(other.size_) { copy(other); }
    List& operator=(const List& other) {
        size_ = other.size_;
        copy(other);
        return *this;
    }

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

    T* insert(const T* before, const T& value) {
        assert(size_ < N);
        T* const at = items_ + (before - items_);
        const T kept = value;
        if (at != end()) {
            std::construct_at(end(), back());
            std::copy_backward(at, end() - 1, end());
            *at = kept;
        } else {
            std::construct_at(at, kept);
        }
        ++size_;
        return at;
    }

    friend bool operator==(const List& a, const List& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

   private:
    /// Small ones whole: to copy some bytes too many is faster than to decide how many.
    void copy(const List& other) {
        if constexpr (std::is_trivially_copyable_v<T> && sizeof(T) * N <= 256)
            std::memmove(static_cast<void*>(items_), other.items_, sizeof items_);
        else
            std::uninitialized_copy(other.begin(), other.end(), items_);
    }

    std::size_t size_;
    union {
        T items_[N];
    };
};

/// Keeps a list sorted: puts the value behind those that are not after it.
template <class T, std::size_t N, class Before>
void insert_sorted(List<T, N>& list, const T& value, Before before) {
    const T* at = list.end();
    while (at != list.begin() && before(value, *(at - 1))) --at;
    list.insert(at, value);
}

}  // namespace harness::sim
