#include "xdr/error.hpp"

#include <utility>

namespace xdr {

std::string to_string(const Problem& problem) {
    std::string text = problem.where;
    if (!text.empty()) text += ": ";
    text += problem.what;
    if (!problem.hint.empty()) text += "; " + problem.hint;
    return text;
}

Error::Error(Problem problem, Blame blame)
    : problem_(std::move(problem)), blame_(blame), text_(to_string(problem_)) {}

}  // namespace xdr
