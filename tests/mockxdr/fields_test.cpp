#include "mockxdr/fields.hpp"

#include "print.hpp"

using namespace mockxdr;

namespace {

CommentList commented(std::initializer_list<const char*> texts) {
    CommentList comments;
    for (const char* text : texts) comments = comments.with(text);
    return comments;
}

}  // namespace

TEST_CASE("a list of comments shares what it has in common with others", "[fields]") {
    const CommentList one = commented({"a"});
    const CommentList two = one.with("b"), three = two.with("c");
    CHECK(one.size() == 1);
    CHECK(one.values().data() == two.values().data());
    CHECK(three.size() == 3);
    CHECK(three.values()[2] == json::Value("c"));
    CHECK(CommentList().values().empty());
}

TEST_CASE("lists of comments that part do not see each other", "[fields]") {
    const CommentList one = commented({"a"});
    const CommentList left = one.with("b"), right = one.with("c");
    CHECK(left == commented({"a", "b"}));
    CHECK(right == commented({"a", "c"}));
    CHECK_FALSE(left == right);
    CHECK_FALSE(left == one);
}

TEST_CASE("later fields come over earlier ones, comments after them", "[fields]") {
    const Fields set{{"comments", json::Array{}}, {"status", "new"}};
    const Fields added({}, commented({"a"}));
    CHECK_FALSE(added.empty());
    CHECK(set.with(added).comments() == commented({"a"}));
    CHECK(set.with(added).find("status"));
    CHECK(set.with(added).with({{"status", "new"}}).comments() == commented({"a"}));
    CHECK(set.with(added).with(Fields({}, commented({"a", "b"}))).comments().size() == 2);
    CHECK(set.with(added).with({{"comments", json::Null{}}}).comments().empty());
}
