#pragma once

#include <functional>
#include <string>

/// What became of a property: used where a failure is what the test wants to see.
struct PropertyResult {
    bool held = true;
    int cases = 0;
    std::string description;  ///< of the smallest counterexample
    std::string reproduce;    ///< RC_PARAMS="…" that runs that case again
};

/// Runs a property, `cases` times or more if RC_PARAMS says so. The packaged rc::prop gives no
/// id to its test, so its reproduce line runs nothing and passes; this one gives one.
PropertyResult check_property(const std::string& id, const std::function<void()>& body, int cases);

/// check_property that fails the Catch2 test, with the line to reproduce, unless the property held
/// for at least one case.
void require_property(const std::string& id, const std::function<void()>& body, int cases = 300);
