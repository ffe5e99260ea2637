#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/judgement.hpp"

namespace harness {

struct ServeOptions {
    std::string file, host = "127.0.0.1", port_file, clock = "real", api_key_file;
    std::string api_key_id = test_key_id, tls_certificate, tls_key, log = "text";
    int port = 0;
    std::size_t journal = 10'000;
    bool keep_start = false, watch = false, until_verdict = false, strict = false;
    bool admin_from_anywhere = false;
};

/// Serves one scenario until SIGTERM or SIGINT, or until there is a verdict. Throws xdr::Error.
Exit serve(const ServeOptions& options);

struct ReplayOptions {
    std::vector<std::string> paths, policies{"complete"};
    std::string over = "http", contract;
    bool json = false, explain = false, trace = false;
};

/// Plays scenarios and prints verdicts. Throws xdr::Error.
Exit replay(const ReplayOptions& options);

struct ValidateOptions {
    std::vector<std::string> paths;
    bool print = false;
};

/// Reads scenarios and prints what is wrong with them. Throws xdr::Error.
Exit validate(const ValidateOptions& options);

}  // namespace harness
