#pragma once

#include <memory>
#include <string>

#include "transport.hpp"

struct ssl_ctx_st;

namespace mockxdr {

/// What all encrypted connections of a server share. TLS 1.2 or later.
class TlsContext {
   public:
    /// Reads PEM files: a certificate, with those that lead to its issuer after it, and its key
    /// without a password. Throws xdr::Error that names the file that is no good.
    TlsContext(const std::string& certificate, const std::string& key);

    /// The server's side of a connection that was accepted. The context must outlive it.
    std::unique_ptr<Transport> transport(int socket) const;

   private:
    struct Free {
        void operator()(ssl_ctx_st* context) const;
    };
    std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace mockxdr
