#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

/// A key and a certificate for 127.0.0.1 that it signed itself, as PEM files in a folder that goes
/// away with it.
class TestCertificate {
   public:
    TestCertificate() {
        // mkdtemp puts what makes the name unique in place of six letters.
        std::string name = (std::filesystem::temp_directory_path() / "mockxdr-tls-").string() +
                           std::string(6, 'X');
        folder_ = mkdtemp(name.data());
        const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
        const Owned<X509> made(X509_new(), X509_free);
        X509_set_version(made.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
        X509_set_pubkey(made.get(), key.get());
        X509_NAME* subject = X509_get_subject_name(made.get());
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
        X509_set_issuer_name(made.get(), subject);
        const Owned<X509_EXTENSION> names(
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name,
                                "IP:127.0.0.1,DNS:localhost"),
            X509_EXTENSION_free);
        X509_add_ext(made.get(), names.get(), -1);
        X509_sign(made.get(), key.get(), EVP_sha256());
        const File certificate_file(std::fopen(certificate().c_str(), "w"), std::fclose);
        PEM_write_X509(certificate_file.get(), made.get());
        const File key_file(std::fopen(this->key().c_str(), "w"), std::fclose);
        PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    }
    ~TestCertificate() { std::filesystem::remove_all(folder_); }
    TestCertificate(const TestCertificate&) = delete;
    TestCertificate& operator=(const TestCertificate&) = delete;

    std::string certificate() const { return folder_ + "/certificate.pem"; }
    std::string key() const { return folder_ + "/key.pem"; }

   private:
    template <class T>
    using Owned = std::unique_ptr<T, void (*)(T*)>;
    using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

    std::string folder_;
};
