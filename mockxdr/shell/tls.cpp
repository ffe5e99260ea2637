#include "tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstring>

#include "xdr/error.hpp"

namespace mockxdr {

namespace {

constexpr std::size_t record_size = 16384;  ///< what one TLS record holds at most

/// The reason of the oldest OpenSSL error of this thread, which it forgets.
std::string take_reason() {
    const unsigned long error = ERR_get_error();
    ERR_clear_error();
    if (ERR_SYSTEM_ERROR(error)) return std::strerror(ERR_GET_REASON(error));
    const char* reason = ERR_reason_error_string(error);
    return reason == nullptr ? "unknown reason" : reason;
}

[[noreturn]] void refuse(const std::string& file, const std::string& what) {
    throw xdr::Error({.where = file,
                      .what = what,
                      .hint = "docs/tls.md has a command that makes a certificate and its key"});
}

/// OpenSSL writes with write(2), which raises SIGPIPE where the peer is gone: httplib::Server, of
/// which ours is one, has the process ignore it.
class TlsTransport final : public Transport {
   public:
    TlsTransport(int socket, SSL_CTX* context) : Transport(socket), ssl_(SSL_new(context)) {
        if (ssl_ != nullptr) SSL_set_fd(ssl_, socket);
    }
    ~TlsTransport() override { SSL_free(ssl_); }

    Step open() override {
        if (ssl_ == nullptr) return {.state = State::gone, .size = 0};
        ERR_clear_error();
        const int result = SSL_accept(ssl_);
        return step(result, 0);
    }

    Step read(char* data, std::size_t size) override {
        ERR_clear_error();
        std::size_t got = 0;
        const int result = SSL_read_ex(ssl_, data, size, &got);
        return step(result, got);
    }

    Step write(std::string_view first, std::string_view second) override {
        if (first.empty()) return write_some(second);
        // One record for both, where they fit. Written again, it is made again, byte for byte.
        std::string record(first.substr(0, record_size));
        record += second.substr(0, record_size - record.size());
        return write_some(record);
    }

    bool has_input() const override { return SSL_pending(ssl_) > 0; }

    void end() override {
        ERR_clear_error();
        if (usable_) SSL_shutdown(ssl_);
        Transport::end();
    }

   private:
    Step write_some(std::string_view data) {
        ERR_clear_error();
        std::size_t sent = 0;
        const int result = SSL_write_ex(ssl_, data.data(), data.size(), &sent);
        return step(result, sent);
    }

    Step step(int result, std::size_t size) {
        if (result > 0) {
            usable_ = true;
            return {.state = State::done, .size = size};
        }
        const int error = SSL_get_error(ssl_, result);
        if (error == SSL_ERROR_WANT_READ) return {.state = State::needs_input, .size = 0};
        if (error == SSL_ERROR_WANT_WRITE) return {.state = State::needs_output, .size = 0};
        // After these two, OpenSSL allows no further call, SSL_shutdown included.
        if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL) usable_ = false;
        return {.state = State::gone, .size = 0};
    }

    SSL* ssl_;
    bool usable_ = false;
};

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

TlsContext::TlsContext(const std::string& certificate, const std::string& key)
    : context_(SSL_CTX_new(TLS_server_method())) {
    if (certificate.empty()) refuse(key, "a key came without a certificate");
    if (key.empty()) refuse(certificate, "a certificate came without its key");
    ERR_clear_error();
    SSL_CTX* context = context_.get();
    if (context == nullptr) refuse(certificate, "TLS does not start: " + take_reason());
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    // Otherwise OpenSSL would ask for a password on the terminal.
    SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return -1; });
    if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
        refuse(certificate, "expected a certificate in PEM form: " + take_reason());
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
        const bool other = ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH;
        const std::string reason = take_reason();
        if (other) refuse(key, "the key is not the one of the certificate " + certificate);
        refuse(key, "expected a private key in PEM form without a password: " + reason);
    }
    if (SSL_CTX_check_private_key(context) != 1) {
        ERR_clear_error();
        refuse(key, "the key is not the one of the certificate " + certificate);
    }
}

std::unique_ptr<Transport> TlsContext::transport(int socket) const {
    return std::make_unique<TlsTransport>(socket, context_.get());
}

}  // namespace mockxdr
