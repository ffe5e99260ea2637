#pragma once

#include <exception>
#include <string>

namespace xdr {

/// The three things that a person needs to mend bad input or a broken world.
struct Problem {
    std::string where;  ///< file:line:column, JSON pointer, URL, path or flag; may be empty
    std::string what;   ///< what was found and what was expected, lower case, no final period
    std::string hint;   ///< what to do; may be empty

    friend bool operator==(const Problem&, const Problem&) = default;
};

/// `where: what; hint`, without the parts that are empty.
std::string to_string(const Problem& problem);

/// Whose fault a problem is: what the program was given, or what is around it (a full disk, a port
/// in use). Commands exit with 2 for the one and 1 for the other.
enum class Blame { input, surroundings };

/// The one exception type of this project. Thrown for bad input and for a broken world, never for
/// a bug. Its text holds no secret.
class Error : public std::exception {
   public:
    explicit Error(Problem problem, Blame blame = Blame::input);

    const Problem& problem() const noexcept { return problem_; }
    Blame blame() const noexcept { return blame_; }
    const char* what() const noexcept override { return text_.c_str(); }

   private:
    Problem problem_;
    Blame blame_;
    std::string text_;
};

}  // namespace xdr
