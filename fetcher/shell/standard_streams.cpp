#include "standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

namespace fetcher {

void keep_standard_streams() {
    // Opened for reading only, so that a write to it is an error.
    for (int number = open("/dev/null", O_RDONLY); number >= 0; number = dup(number))
        if (number > STDERR_FILENO) {
            close(number);
            break;
        }
    std::signal(SIGPIPE, SIG_IGN);
}

xdr::Error broken_output() {
    return xdr::Error({.where = "stdout",
                       .what = "the output could not be written",
                       .hint = "check where it goes, and the free space there"},
                      xdr::Blame::surroundings);
}

void finish_stdout() {
    std::cout.flush();
    if (!std::cout) throw broken_output();
}

}  // namespace fetcher
