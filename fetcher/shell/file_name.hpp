#pragma once

#include <filesystem>
#include <string>

namespace fetcher {

/// The absolute name of a file without links, whether it exists or not: one file has one lock, and
/// what replaces it replaces no link. `flag` is what named it. Throws xdr::Error for an empty name
/// and for links that lead nowhere.
std::filesystem::path resolved(const std::filesystem::path& file, const std::string& flag);

/// Throws xdr::Error if the file has another name beside this one, a hard link: each would have a
/// lock of its own.
void refuse_second_name(const std::filesystem::path& file);

}  // namespace fetcher
