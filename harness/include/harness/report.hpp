#pragma once

#include <string>
#include <vector>

#include "harness/judgement.hpp"

namespace harness {

/// One played scenario, ready to be shown.
struct Played {
    std::string file;
    std::string policy;
    Contract contract = Contract::reach;
    const mockxdr::Scenario* scenario = nullptr;
    Result result;
    Judgement judgement;
};

/// The verdict table: a row for each scenario and policy, and a last line that counts them.
std::string verdict_table(const std::vector<Played>& played);

/// The tables for what was lost, duplicated, late or unexpected, at most `most` incidents.
std::string explanations(const Played& played, std::size_t most);

/// All of it as a JSON array, for programs.
std::string to_json(const std::vector<Played>& played);

}  // namespace harness
