/// A last run in all its forms: refused, or read so that what is written of it reads the same.
#include <cstdint>
#include <cstdlib>

#include "fetcher/pending.hpp"
#include "fetcher/wire.hpp"
#include "fetcher/wire_trace.hpp"
#include "fetcher/wire_xsoar.hpp"
#include "refusal.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fetcher;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    read_or_refuse([&] {
        const State state = state_from_json(text);
        if (!(state_from_json(to_json(state)) == state)) std::abort();
    });
    read_or_refuse([&] {
        // A value that is text by nature comes back as text, whatever it was at first.
        const State state = last_run_from_xsoar(last_run_to_xsoar(last_run_from_xsoar(text)));
        if (!(last_run_from_xsoar(last_run_to_xsoar(state)) == state)) std::abort();
    });
    read_or_refuse([&] { pending_from_json(text); });
    read_or_refuse([&] { lookback::trace(text); });
    return 0;
}
