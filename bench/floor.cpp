/// The floor that mockxdr is measured against: the least that a server on cpp-httplib does for a
/// page. It answers every POST with the bytes of one file, whatever the request says, and copies
/// them nowhere: `set_content` would, and cost a tenth more.
///
/// usage: bench_floor FILE
///
/// The first line on stdout is a JSON object with the port. It ends when its stdin does, so that
/// it does not outlive the script that started it.
#include <httplib.h>
#include <netinet/tcp.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>

namespace {

constexpr std::size_t threads = 64;  // one is held by each connection
constexpr int backlog = 512;         // cpp-httplib's own is 5

class Floor : public httplib::Server {
   public:
    explicit Floor(std::string page) : page_(std::move(page)) {
        set_tcp_nodelay(true);
        set_keep_alive_max_count(1'000'000'000);
        new_task_queue = [] { return new httplib::ThreadPool(threads); };
        Post(".*", [this](const httplib::Request&, httplib::Response& reply) {
            reply.set_content_provider(
                page_.size(), "application/json",
                [this](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
                    return sink.write(page_.data() + offset, length);
                });
        });
    }

    /// The port, or a negative number.
    int bind() {
        const int port = bind_to_any_port("127.0.0.1");
        if (port > 0 && ::listen(svr_sock_, backlog) != 0) return -1;
        return port;
    }

   private:
    std::string page_;
};

}  // namespace

int main(int argc, char** argv) {
    std::ifstream file(argc == 2 ? argv[1] : "", std::ios::binary);
    if (!file) {
        std::cerr << "usage: bench_floor FILE\n";
        return 2;
    }
    std::ostringstream page;
    page << file.rdbuf();
    Floor floor(page.str());
    const int port = floor.bind();
    if (port <= 0) {
        std::cerr << "bench_floor: cannot listen on the loopback device\n";
        return 1;
    }
    std::cout << "{\"port\": " << port << "}" << std::endl;
    std::thread until_stdin_ends([&floor] {
        while (std::cin.get() != std::char_traits<char>::eof()) {
        }
        floor.stop();
    });
    const bool listened = floor.listen_after_bind();
    until_stdin_ends.join();
    return listened ? 0 : 1;
}
