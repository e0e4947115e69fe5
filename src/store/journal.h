#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::store {

/// A ring of records in a file that is mapped into memory: what was stored in it survives the death of this
/// process at any instruction, and storing costs neither lock nor system call. One thread appends, one other
/// thread reads. docs/decisions/0003-mmap-journal.md.
class Journal {
 public:
  static constexpr std::size_t kDefaultCapacity = std::size_t{4} << 20;
  static constexpr std::size_t kIdSize = 14;  ///< characters of an id: short enough to be copied without allocating

  /// Makes the file with all its blocks allocated, so that a full disk fails here and not in a store
  /// instruction. `capacity` is a multiple of 4096; `id` names this journal for ever.
  [[nodiscard]] static Result<std::unique_ptr<Journal>> create(const std::string& path, const std::string& id, std::size_t capacity);
  /// Opens what an earlier process left behind, to read it.
  [[nodiscard]] static Result<std::unique_ptr<Journal>> open(const std::string& path);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  /// Bytes that were appended and not released yet. Any thread.
  [[nodiscard]] std::size_t used_bytes() const noexcept;
  /// The ring's space that a record of `size` bytes takes.
  [[nodiscard]] static std::size_t footprint(std::size_t size) noexcept;

  // the appending thread
  /// Number of the record, counted from 1; 0 if less than `spare` bytes would stay free after it.
  [[nodiscard]] std::uint64_t append(std::string_view record, std::size_t spare) noexcept;

  [[nodiscard]] std::size_t free_bytes() noexcept;

  // the reading thread
  struct Entry {
    std::uint64_t number = 0;
    std::string_view record;  ///< valid until release()
  };
  /// The next record that was not read yet; false if there is none. A record that is torn, which only the
  /// machine's power can do, ends the reading: see damaged().
  [[nodiscard]] bool next(Entry& entry) noexcept;
  [[nodiscard]] bool damaged() const noexcept { return damaged_; }
  [[nodiscard]] std::size_t unread_bytes() const noexcept;
  /// Gives the space of everything read so far back to the appending thread.
  void release() noexcept;
  /// Reads again everything that was not released.
  void rewind() noexcept;
  /// Deletes the file; the mapping stays.
  void remove() noexcept;

 private:
  struct Header;
  Journal() = default;
  [[nodiscard]] Status map(int file, std::size_t capacity);

  std::string path_;
  std::string id_;
  Header* header_ = nullptr;
  char* ring_ = nullptr;  ///< the ring, mapped twice in a row: no record ever wraps
  std::size_t capacity_ = 0;
  alignas(64) std::uint64_t head_ = 0;       // appending thread
  std::uint64_t number_ = 0;
  std::uint64_t tail_seen_ = 0;
  alignas(64) std::uint64_t read_ = 0;       // reading thread
  bool damaged_ = false;
};

}  // namespace sluice::store
