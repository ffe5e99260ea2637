/// A reply's body: a page, or an error that says where; what is kept of an incident is JSON again.
#include <cstdint>
#include <cstdlib>

#include "fetcher/wire.hpp"
#include "refusal.hpp"

namespace {

void read_as_page(std::string_view body) {
    const fetcher::Page page = fetcher::read_page(body);
    for (const fetcher::Row& row : page.rows) {
        if (!fetcher::is_json_object(row.raw_json)) std::abort();
        if (!fetcher::is_json_object(fetcher::xsoar_incident(row))) std::abort();
        const std::string more = fetcher::with_extra_data(row.raw_json, R"({"alerts":[1]})");
        if (!fetcher::is_json_object(more)) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    read_or_refuse([&] { read_as_page(body); });
    read_or_refuse([&] { fetcher::read_extra_data(body, fetcher::IncidentId("1")); });
    if (fetcher::read_reason(body).size() > 200) std::abort();
    fetcher::read_error_code(body);
    return 0;
}
