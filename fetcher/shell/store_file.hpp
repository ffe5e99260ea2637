#pragma once

#include <filesystem>
#include <optional>

#include "sqlite.hpp"

namespace fetcher::sqlite {

/// Tells whether a file is still the one that was opened, and unchanged.
struct FileStamp {
    std::uint64_t device = 0, inode = 0;
    std::int64_t size = 0, modified_ns = 0;

    bool is_same_file(const FileStamp& other) const {
        return device == other.device && inode == other.inode;
    }
    friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

/// nullopt if there is no such file. Throws xdr::Error if it cannot be looked at, or is no file.
std::optional<FileStamp> stamp(const std::filesystem::path& file);

/// The store for writing, made or migrated if need be; the caller holds its lock. Throws
/// xdr::Error.
Database open_for_writing(const std::filesystem::path& file);

/// The store for reading. `frozen_at` is set where no writer had it open: then no lock protects
/// what is read, and a result counts only if the file has still this stamp afterwards.
struct Reading {
    Database database;
    std::optional<FileStamp> frozen_at;
};

/// Makes no files. Throws xdr::Error, also if there is no store yet or its schema is older.
Reading open_for_reading(const std::filesystem::path& file);

}  // namespace fetcher::sqlite
