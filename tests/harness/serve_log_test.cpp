#include "serve_log.hpp"

#include <unistd.h>

#include <cstdio>
#include <sstream>
#include <vector>

#include "mockxdr/json.hpp"
#include "print.hpp"

using namespace harness;

namespace {

constexpr std::size_t pipe_buf = 4096;  ///< what a pipe takes in one piece

/// Takes what is written to stderr.
class Stderr {
   public:
    Stderr() : before_(dup(STDERR_FILENO)) { dup2(fileno(file_), STDERR_FILENO); }
    ~Stderr() {
        dup2(before_, STDERR_FILENO);
        close(before_);
        std::fclose(file_);
    }
    Stderr(const Stderr&) = delete;
    Stderr& operator=(const Stderr&) = delete;

    std::string text() const {
        std::string out(1U << 20U, 0);
        const ssize_t size = pread(fileno(file_), out.data(), out.size(), 0);
        out.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        return out;
    }

   private:
    std::FILE* file_ = std::tmpfile();
    int before_;
};

/// The lines of a text, the last of which has its end.
std::vector<std::string> lines(const std::string& text) {
    CHECK(text.ends_with('\n'));
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
}

JournalEntry entry_with(const std::string& text) {
    return {.number = 1, .target = "GET /" + text, .text = "no: " + text, .status = 500};
}

}  // namespace

TEST_CASE("a line of the log is whole, however long the request", "[serve_log]") {
    const std::string form = GENERATE("text", "json");
    const std::string text =
        GENERATE(std::string(60'000, 'x'), std::string(60'000, '\xFF'), std::string(60'000, '\n'));
    std::vector<std::string> found;
    {
        const Stderr log;
        request_log(form)(entry_with(text));
        request_log(form)(entry_with("short"));
        found = lines(log.text());
    }
    REQUIRE(found.size() == 2);
    CHECK(found[0].size() < pipe_buf);
    CHECK(found[1].find("GET /short") != std::string::npos);
    if (form == "json")
        for (const std::string& line : found)
            CHECK_NOTHROW(mockxdr::json::parse(line, mockxdr::json::Comments::refused));
}

TEST_CASE("a note is logged line by line, each not too long", "[serve_log]") {
    const std::string form = GENERATE("text", "json");
    std::vector<std::string> found;
    {
        const Stderr log;
        log_note(form, "one\ntwo\n" + std::string(60'000, '\xFF'));
        found = lines(log.text());
    }
    REQUIRE(found.size() == 3);
    CHECK(found[0] == (form == "json" ? R"({"note": "one"})" : "one"));
    CHECK(found[2].size() < pipe_buf);
    if (form == "json")
        CHECK_NOTHROW(mockxdr::json::parse(found[2], mockxdr::json::Comments::refused));
}

TEST_CASE("a log that is off writes nothing", "[serve_log]") { CHECK_FALSE(request_log("off")); }
