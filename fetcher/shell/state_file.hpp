#pragma once

#include <filesystem>
#include <string_view>

#include "fetcher/state.hpp"
#include "run_lock.hpp"
#include "xdr/error.hpp"

namespace fetcher {

/// Reads the last run. A file that does not exist is a first run. Throws xdr::Error for one that
/// cannot be read, which is put down to `unreadable`, or is none.
State load_state(const std::filesystem::path& file, xdr::Blame unreadable = xdr::Blame::input);

/// An error about the text of a file, whose `where` may be a JSON pointer, as one about the file.
xdr::Error in_file(const std::filesystem::path& file, const xdr::Error& error);

/// Replaces the file in one step, durable when it returns. Throws xdr::Error; then the old file is
/// untouched.
void save_state(const std::filesystem::path& file, const State& state);

/// The same for any text.
void replace_file(const std::filesystem::path& file, std::string_view text);

/// Throws xdr::Error if save_state could not write there; leaves nothing behind. Asked before a
/// batch is emitted, so that a read-only folder does not repeat it for ever.
void check_writable(const std::filesystem::path& file);

/// The content of a text file, or up to 256 MiB of a device or a pipe. Throws xdr::Error, which is
/// put down to `unreadable`.
std::string read_file(const std::filesystem::path& file, xdr::Blame unreadable = xdr::Blame::input);

}  // namespace fetcher
