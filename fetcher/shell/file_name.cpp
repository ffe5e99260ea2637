#include "file_name.hpp"

#include "xdr/error.hpp"

namespace fetcher {

namespace {

namespace fs = std::filesystem;

constexpr int most_links = 40;

/// weakly_canonical leaves a link alone that leads to a file which is yet to be made.
fs::path behind_links(fs::path file, std::error_code& error) {
    for (int links = 0; fs::is_symlink(fs::symlink_status(file, error)); ++links) {
        const fs::path target = fs::read_symlink(file, error);
        if (links == most_links)
            error = std::make_error_code(std::errc::too_many_symbolic_link_levels);
        if (error) return file;
        file = target.is_absolute() ? target : file.parent_path() / target;
    }
    error.clear();
    return file;
}

}  // namespace

fs::path resolved(const fs::path& file, const std::string& flag) {
    if (file.empty())
        throw xdr::Error({.where = flag, .what = "the file has no name", .hint = "name a file"});
    std::error_code error;
    const fs::path whole = fs::absolute(file, error);
    const fs::path named = error ? fs::path() : behind_links(whole, error);
    fs::path found = error ? fs::path() : fs::weakly_canonical(named, error);
    if (error)
        throw xdr::Error({.where = file.string(),
                          .what = "cannot be reached: " + error.message(),
                          .hint = "check the path, its rights and its links"},
                         xdr::Blame::surroundings);
    return found;
}

void refuse_second_name(const fs::path& file) {
    std::error_code missing;
    if (fs::hard_link_count(file, missing) <= 1 || missing) return;
    throw xdr::Error({.where = file.string(),
                      .what = "the file has more than one name",
                      .hint = "copy it and use the copy, or remove the other names"});
}

}  // namespace fetcher
