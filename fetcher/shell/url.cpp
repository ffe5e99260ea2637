#include "url.hpp"

#include <algorithm>

#include "xdr/error.hpp"
#include "xdr/text.hpp"

namespace fetcher {

namespace {

/// Whether what follows the last colon of a name, if there is one, is a port.
bool has_good_port(const std::string& name) {
    const std::size_t colon = name.rfind(':');
    if (colon == std::string::npos || name.find(']', colon) != std::string::npos) return true;
    const std::string port = name.substr(colon + 1);
    return xdr::is_digits(port) && port.size() <= 5 && std::stoi(port) >= 1 &&
           std::stoi(port) <= 65535;
}

bool has_odd_character(const std::string& url) {
    return std::any_of(url.begin(), url.end(),
                       [](char c) { return c == ' ' || xdr::is_control(c); });
}

}  // namespace

Url split_url(const std::string& url) {
    const bool known = url.starts_with("http://") || url.starts_with("https://");
    const std::size_t name = known ? url.find("://") + 3 : 0;
    const std::size_t path = std::min(url.find('/', name), url.size());
    const std::string host = url.substr(name, path - name);
    if (!known || host.empty() || host.starts_with(':') || !has_good_port(host) ||
        has_odd_character(url) || url.find_first_of("?#@\\") != std::string::npos)
        throw xdr::Error({.where = "",
                          .what = "'" + url + "' is not a URL",
                          .hint = "write it as http://127.0.0.1:8080 or https://api-example.com"});
    Url out{.host = url.substr(0, path), .prefix = url.substr(path)};
    while (out.prefix.ends_with('/')) out.prefix.pop_back();
    return out;
}

}  // namespace fetcher
