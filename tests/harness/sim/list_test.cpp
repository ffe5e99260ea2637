#include "harness/sim/list.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <vector>

using harness::sim::insert_sorted;
using harness::sim::List;

namespace {

std::vector<int> inserted(const std::vector<int>& values, std::size_t most) {
    List<int, 4> list;
    for (const int value : values) insert_sorted(list, value, std::less(), most);
    return {list.begin(), list.end()};
}

}  // namespace

TEST_CASE("a list that is kept sorted has the first ones of what it is given", "[list]") {
    CHECK(inserted({3, 1, 2}, 4) == std::vector{1, 2, 3});
    CHECK(inserted({3, 1, 2, 0}, 2) == std::vector{0, 1});
    CHECK(inserted({1, 2, 3, 4, 5, 6}, 2) == std::vector{1, 2});
    CHECK(inserted({6, 5, 4, 3, 2, 1}, 1) == std::vector{1});
    CHECK(inserted({6, 5, 4, 3, 2, 1}, 4) == std::vector{1, 2, 3, 4});
}

TEST_CASE("what is equal to others in a sorted list comes behind them", "[list]") {
    struct Entry {
        int key, number;
    };
    List<Entry, 4> list;
    const auto by_key = [](const Entry& a, const Entry& b) { return a.key < b.key; };
    for (const Entry& entry : {Entry{2, 1}, {1, 2}, {1, 3}, {1, 4}})
        insert_sorted(list, entry, by_key, 3);
    REQUIRE(list.size() == 3);
    CHECK(list[0].number == 2);
    CHECK(list[1].number == 3);
    CHECK(list[2].number == 4);
}

TEST_CASE("a list makes new ones in their place, and lets the last ones go", "[list]") {
    struct Seven {
        int value = 7;
    };
    List<Seven, 3> list;
    list.push_back_new();
    list.push_back({1});
    list.push_back_new();
    CHECK(list[0].value == 7);
    CHECK(list.back().value == 7);
    list.keep_first(2);
    REQUIRE(list.size() == 2);
    CHECK(list.back().value == 1);
    list.keep_first(0);
    CHECK(list.empty());
}
