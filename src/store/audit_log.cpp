#include "store/audit_log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "audit/record_json.h"
#include "store/audit_files.h"

namespace sluice::store {
namespace {

Error failure(const std::string& what, const std::string& path) {
  return make_error(ErrorKind::audit_unavailable, what + " \"" + path + "\": " + std::generic_category().message(errno));
}

Error damaged(const std::string& what) {
  return make_error(ErrorKind::audit_unavailable, "audit log is damaged: " + what, "Run \"sluice audit verify\" on its directory.");
}

void close_file(int& file) {
  if (file >= 0) ::close(file);
  file = -1;
}

/// New names are only durable once their directory is.
Status sync_directory(const std::string& directory) {
  int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool done = file >= 0 && ::fsync(file) == 0;
  close_file(file);
  if (!done) return failure("could not write directory", directory);
  return Done{};
}

Status write_at(int file, std::string_view bytes, std::uint64_t offset, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failure("could not write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return Done{};
}

/// Reads a segment from its checkpoint on, checking the chain, and says where it ends.
Result<FileEnd> replay(const Segment& segment, const audit::ChainHead& known, AuditLog::Opened& opened) {
  audit::Verifier verifier;
  bool first = true;
  auto end = for_each_line(segment.path, [&](std::string_view line) -> Status {
    SLUICE_TRY(record, audit::decode_record(line));
    if (first) {
      const auto* checkpoint = std::get_if<audit::Checkpoint>(&record.event);
      if (checkpoint == nullptr || record.sequence != segment.first) return damaged(segment.path + " does not begin with its checkpoint");
      verifier.resume({record.sequence - 1, checkpoint->previous});
      first = false;
    }
    if (const auto fault = verifier.check(line)) return damaged("record " + std::to_string(fault->sequence) + ": " + fault->what);
    if (record.sequence == known.sequence && verifier.head().digest != known.digest) {
      return damaged("record " + std::to_string(record.sequence) + " is not the one that HEAD knows");
    }
    opened.state.apply(record);
    return Done{};
  });
  if (!first) opened.head = verifier.head();
  return end;
}

}  // namespace

Result<AuditLog::Opened> AuditLog::open(const std::string& directory, const Limits& limits) {
  std::error_code code;
  std::filesystem::create_directories(directory, code);
  Opened opened;
  opened.log.reset(new AuditLog(directory, limits));
  SLUICE_CHECK(opened.log->lock());
  SLUICE_CHECK(opened.log->recover(opened));
  return opened;
}

AuditLog::~AuditLog() {
  close_file(file_);
  close_file(head_);
  close_file(lock_);
}

Status AuditLog::lock() {
  const std::string path = directory_ + "/LOCK";
  lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) return failure("could not open", path);
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    return make_error(ErrorKind::audit_unavailable, "audit directory \"" + directory_ + "\" is in use by another gateway");
  }
  return Done{};
}

Status AuditLog::open_head() {
  const std::string path = head_path(directory_);
  head_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (head_ < 0) return failure("could not open", path);
  return Done{};
}

Status AuditLog::recover(Opened& opened) {
  SLUICE_TRY(segments, list_segments(directory_));
  if (segments.empty() && !std::filesystem::exists(head_path(directory_))) {
    SLUICE_CHECK(open_head());
    SLUICE_CHECK(write_at(head_, audit::encode_head({}), 0, head_path(directory_)));
    return sync_directory(directory_);
  }
  SLUICE_TRY(known, read_head(directory_));
  while (!segments.empty()) {
    const Segment& last = segments.back();
    SLUICE_TRY(end, replay(last, known, opened));
    if (!end.torn.empty()) {
      SLUICE_CHECK(set_torn_aside(last.path, end.torn, end.whole_bytes, opened.head.sequence + 1));
      opened.torn_bytes += end.torn.size();
    }
    if (end.whole_bytes != 0) {
      file_ = ::open(last.path.c_str(), O_WRONLY | O_CLOEXEC);
      if (file_ < 0) return failure("could not open", last.path);
      size_ = end.whole_bytes;
      break;
    }
    // The gateway died between making the file and its first record.
    ::unlink(last.path.c_str());
    segments.pop_back();
  }
  if (opened.head.sequence < known.sequence) {
    return damaged("it ends at record " + std::to_string(opened.head.sequence) + ", HEAD knows " + std::to_string(known.sequence));
  }
  return open_head();
}

Status AuditLog::set_torn_aside(const std::string& path, const std::string& torn, std::uint64_t whole_bytes, std::uint64_t sequence) {
  std::string aside;
  int file = -1;
  for (int attempt = 0; file < 0; ++attempt) {
    aside = directory_ + "/torn-" + std::to_string(sequence) + "-" + std::to_string(attempt);
    file = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno != EEXIST) return failure("could not make", aside);
  }
  Status written = write_at(file, torn, 0, aside);
  if (written.ok() && ::fsync(file) != 0) written = failure("could not write", aside);
  close_file(file);
  SLUICE_CHECK(std::move(written));
  SLUICE_CHECK(sync_directory(directory_));
  if (::truncate(path.c_str(), static_cast<off_t>(whole_bytes)) != 0) return failure("could not truncate", path);
  return Done{};
}

Status AuditLog::begin_segment(std::uint64_t first_sequence) {
  const std::string path = segment_path(directory_, first_sequence);
  int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return failure("could not make", path);
  if (const Status synced = sync_directory(directory_); !synced.ok()) {
    close_file(file);
    ::unlink(path.c_str());
    return synced;
  }
  close_file(file_);
  file_ = file;
  size_ = 0;
  return Done{};
}

Status AuditLog::sync_names() { return sync_directory(directory_); }

Status AuditLog::append(std::string_view lines, const audit::ChainHead& head) {
  Status written = write_at(file_, lines, size_, directory_);
  if (written.ok() && ::fdatasync(file_) != 0) written = failure("could not write", directory_);
  if (!written.ok()) {
    // Best effort: the next attempt writes over it, and a restart sets it aside.
    [[maybe_unused]] const int ignored = ::ftruncate(file_, static_cast<off_t>(size_));
    return written;
  }
  size_ += lines.size();
  // HEAD only ever grows in length. If the power goes now it is older than the log, never newer.
  static_cast<void>(write_at(head_, audit::encode_head(head), 0, head_path(directory_)));
  return Done{};
}

}  // namespace sluice::store
