#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "audit/chain.h"
#include "audit/log_state.h"
#include "base/result.h"

namespace sluice::store {

/// The files of the audit log, for the one process and thread that writes them. Every failure is
/// audit_unavailable.
class AuditLog {
 public:
  struct Limits {
    std::uint64_t segment_bytes = std::uint64_t{64} << 20;  ///< a file that is larger is followed by the next
  };
  struct Opened {
    std::unique_ptr<AuditLog> log;
    audit::ChainHead head;
    audit::LogState state;
    std::uint64_t torn_bytes = 0;  ///< of an incomplete last line; they are in a file torn-… now
  };

  /// Locks the directory (made if missing) against a second gateway and finds where the log ends. Refuses a
  /// log that was cut off or changed at its end: `sluice audit verify` tells more.
  [[nodiscard]] static Result<Opened> open(const std::string& directory, const Limits& limits);
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  /// True: the next batch must begin a new file, with a checkpoint.
  [[nodiscard]] bool needs_segment() const noexcept { return file_ < 0 || size_ >= limits_.segment_bytes; }
  [[nodiscard]] Status begin_segment(std::uint64_t first_sequence);
  /// Appends whole lines and waits until the disk has them; `head` is the chain's after them. After a failure
  /// nothing of them is in the file, and the same call may be made again.
  [[nodiscard]] Status append(std::string_view lines, const audit::ChainHead& head);

  /// Waits until files that were deleted from the directory stay deleted, whatever happens to the machine.
  [[nodiscard]] Status sync_names();

  [[nodiscard]] const std::string& directory() const noexcept { return directory_; }

 private:
  AuditLog(std::string directory, Limits limits) : directory_(std::move(directory)), limits_(limits) {}
  Status lock();
  Status open_head();
  Status recover(Opened& opened);
  Status set_torn_aside(const std::string& path, const std::string& torn, std::uint64_t whole_bytes, std::uint64_t sequence);

  std::string directory_;
  Limits limits_;
  int lock_ = -1;
  int head_ = -1;
  int file_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace sluice::store
