#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "control/journal_recorder.h"
#include "control/log_writer.h"

namespace sluice::control {

/// The audit thread: empties the workers' journals and the store's outbox into the log, in batches with one
/// write and one fdatasync each, and brings the usage counts up to date every half second. While the log or
/// the store cannot be written it keeps trying, and every recorder refuses to begin anything new.
class AuditWriter {
 public:
  struct Settings {
    std::string directory;
    std::string version;  ///< of the gateway, for the log
    store::AuditLog::Limits limits;
    std::size_t journal_bytes = store::Journal::kDefaultCapacity;
    std::chrono::milliseconds batch_interval{20};
    std::chrono::milliseconds fold_interval{500};
  };

  /// Opens the log, takes over what an earlier process left in its journals, and starts the thread.
  [[nodiscard]] static Result<std::unique_ptr<AuditWriter>> start(Settings settings, store::Store& store, const Clock& clock);
  ~AuditWriter();
  AuditWriter(const AuditWriter&) = delete;
  AuditWriter& operator=(const AuditWriter&) = delete;

  // from any thread
  [[nodiscard]] Result<std::unique_ptr<StatementRecorder>> make_recorder();
  /// The outbox has something.
  void nudge();
  /// Waits until everything recorded before the call is in the log and in the counts. Blocks, at most 5 s.
  [[nodiscard]] Status flush();
  [[nodiscard]] bool writable() const noexcept { return writable_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t records() const noexcept { return records_.load(std::memory_order_relaxed); }
  /// How full the fullest journal is, from 0 to 1.
  [[nodiscard]] double journal_fill();
  /// Writes out what is left, if the log can be written, and ends the thread. What cannot be written stays in
  /// the journals for the next process.
  void stop();

 private:
  AuditWriter(Settings settings, store::Store& store, const Clock& clock);
  Status recover();
  Status take_over(const std::string& path, std::uint64_t& recovered, std::vector<std::unique_ptr<store::Journal>>& done);
  void run();
  bool work(bool flushing);
  Status drain(std::uint64_t& taken);
  Status drain_journal(store::Journal& journal, std::uint64_t& taken);
  Status take(const std::string& journal, const store::Journal::Entry& entry);
  Status drain_outbox(std::uint64_t& taken);
  void after_write();
  void report(const Status& status);
  void finish();
  [[nodiscard]] std::vector<std::shared_ptr<RecorderLink>> links();

  const Settings settings_;
  store::AuditStore store_;
  const Clock& clock_;
  std::unique_ptr<LogWriter> log_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable flushed_;
  std::vector<std::shared_ptr<RecorderLink>> links_;
  std::uint64_t flush_wanted_ = 0;
  std::uint64_t flush_done_ = 0;
  bool outbox_waits_ = true;
  bool stopping_ = false;
  std::atomic<bool> writable_{true};
  std::atomic<std::uint64_t> records_{0};
  std::chrono::steady_clock::time_point last_fold_{};
  std::thread thread_;
};

}  // namespace sluice::control
