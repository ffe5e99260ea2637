#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "fetcher/source.hpp"

namespace fetcher {

/// Where the API is and how to get in.
struct Connection {
    std::string url;  ///< scheme://host[:port][/prefix], without /public_api
    std::string api_key_id;
    std::string api_key;                                           ///< a secret: never print it
    std::chrono::milliseconds timeout = std::chrono::seconds{30};  ///< connect, read, write each
};

/// get_incidents over HTTP, one keep-alive connection. Throws xdr::Error for a URL that is none.
class HttpSource final : public Source {
   public:
    HttpSource(const Connection& connection, Query query);
    ~HttpSource() override;

    std::variant<Page, RequestFailed> fetch(const PageRequest& request) override;

   private:
    class Client;
    std::unique_ptr<Client> client_;
    Query query_;
};

}  // namespace fetcher
