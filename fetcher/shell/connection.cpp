#include "connection.hpp"

#include <random>
#include <thread>

namespace fetcher {

Connection with_system_functions(Connection connection) {
    if (!connection.now)
        connection.now = [] {
            return std::chrono::floor<Millis>(std::chrono::system_clock::now());
        };
    if (!connection.random)
        connection.random = [] {
            std::random_device device;
            return (std::uint64_t{device()} << 32U) | device();
        };
    if (!connection.wait)
        connection.wait = [](Millis time) {
            std::this_thread::sleep_for(time);
            return true;
        };
    return connection;
}

}  // namespace fetcher
