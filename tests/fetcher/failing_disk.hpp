#pragma once

#include <sqlite3.h>

#include <cstdint>

/// While it lives, SQLite's files are on a disk that may fail: each write, sync and change of size
/// counts, and from `fails_from` on all of them return `code`. Reads always work. Syncs are counted
/// but not made: they take most of a test's time, and no test cuts the power.
class FailingDisk {
   public:
    FailingDisk() {
        disk = this;
        real_ = sqlite3_vfs_find(nullptr);
        vfs_ = *real_;
        vfs_.zName = "failing";
        vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
        vfs_.xOpen = open;
        sqlite3_vfs_register(&vfs_, 1);
    }
    ~FailingDisk() {
        sqlite3_vfs_unregister(&vfs_);
        sqlite3_vfs_register(real_, 1);
        disk = nullptr;
    }
    FailingDisk(const FailingDisk&) = delete;
    FailingDisk& operator=(const FailingDisk&) = delete;

    std::int64_t fails_from = INT64_MAX, calls = 0, syncs = 0;
    int code = SQLITE_FULL;

   private:
    struct File {
        sqlite3_file base;
        sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    };

    static sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real(); }
    static const sqlite3_io_methods& io(sqlite3_file* file) { return *real(file)->pMethods; }

    static bool fails() { return ++disk->calls >= disk->fails_from; }

    static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
        file->pMethods = nullptr;
        const int code = disk->real_->xOpen(disk->real_, name, real(file), flags, out);
        if (real(file)->pMethods != nullptr) file->pMethods = &methods;
        return code;
    }
    static int close(sqlite3_file* file) { return io(file).xClose(real(file)); }
    static int read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
        return io(file).xRead(real(file), to, size, at);
    }
    static int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
        return fails() ? disk->code : io(file).xWrite(real(file), from, size, at);
    }
    static int truncate(sqlite3_file* file, sqlite3_int64 size) {
        return fails() ? disk->code : io(file).xTruncate(real(file), size);
    }
    static int sync(sqlite3_file*, int) {
        ++disk->syncs;
        return fails() ? disk->code : SQLITE_OK;
    }
    static int size(sqlite3_file* file, sqlite3_int64* size) {
        return io(file).xFileSize(real(file), size);
    }
    static int lock(sqlite3_file* file, int level) { return io(file).xLock(real(file), level); }
    static int unlock(sqlite3_file* file, int level) { return io(file).xUnlock(real(file), level); }
    static int reserved(sqlite3_file* file, int* out) {
        return io(file).xCheckReservedLock(real(file), out);
    }
    static int control(sqlite3_file* file, int what, void* argument) {
        return io(file).xFileControl(real(file), what, argument);
    }
    static int sector(sqlite3_file* file) { return io(file).xSectorSize(real(file)); }
    static int traits(sqlite3_file* file) { return io(file).xDeviceCharacteristics(real(file)); }
    static int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
        return io(file).xShmMap(real(file), page, size, extend, out);
    }
    static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
        return io(file).xShmLock(real(file), offset, count, flags);
    }
    static void shm_barrier(sqlite3_file* file) { io(file).xShmBarrier(real(file)); }
    static int shm_unmap(sqlite3_file* file, int erase) {
        return io(file).xShmUnmap(real(file), erase);
    }

    static constexpr sqlite3_io_methods methods = {
        2,        close,       read,      write,   truncate, sync,   size,
        lock,     unlock,      reserved,  control, sector,   traits, shm_map,
        shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};

    static inline FailingDisk* disk = nullptr;
    sqlite3_vfs* real_ = nullptr;
    sqlite3_vfs vfs_{};
};
