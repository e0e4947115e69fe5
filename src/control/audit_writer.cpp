#include "control/audit_writer.h"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "audit/journal_record.h"
#include "control/log.h"

namespace sluice::control {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{4} << 20;
constexpr std::chrono::milliseconds kRetryInterval{200};
constexpr std::chrono::seconds kFlushPatience{5};
constexpr std::string_view kJournalSuffix = ".journal";

Result<std::vector<std::string>> journal_paths(const std::string& directory) {
  std::error_code code;
  std::vector<std::string> paths;
  for (std::filesystem::directory_iterator entry(directory, code), end; !code && entry != end; entry.increment(code)) {
    const std::string path = entry->path().string();
    if (path.ends_with(kJournalSuffix)) paths.push_back(path);
    // Its process died before the first record could be written into it.
    if (path.ends_with(".journal.new")) std::filesystem::remove(entry->path(), code);
  }
  if (code) return make_error(ErrorKind::audit_unavailable, "could not read audit directory \"" + directory + "\"");
  return paths;
}

}  // namespace

AuditWriter::AuditWriter(Settings settings, store::Store& store, const Clock& clock)
    : settings_(std::move(settings)), store_(store), clock_(clock) {}

AuditWriter::~AuditWriter() { stop(); }

Result<std::unique_ptr<AuditWriter>> AuditWriter::start(Settings settings, store::Store& store, const Clock& clock) {
  std::unique_ptr<AuditWriter> writer(new AuditWriter(std::move(settings), store, clock));
  SLUICE_TRY(log, LogWriter::open(writer->settings_.directory, writer->settings_.limits, writer->store_));
  writer->log_ = std::move(log);
  SLUICE_CHECK(writer->recover());
  writer->thread_ = std::thread([self = writer.get()] {
    pthread_setname_np(pthread_self(), "audit");
    self->run();
  });
  return writer;
}

Status AuditWriter::recover() {
  const bool stopped = log_->state().stopped();
  std::uint64_t recovered = 0;
  std::vector<std::unique_ptr<store::Journal>> done;
  SLUICE_TRY(paths, journal_paths(settings_.directory));
  for (const std::string& path : paths) SLUICE_CHECK(take_over(path, recovered, done));
  SLUICE_CHECK(drain_outbox(recovered));

  std::uint64_t unfinished = 0;
  std::vector<std::string> gone;
  for (const auto& [name, journal] : log_->state().journals()) {
    if (name != store_.outbox_journal()) gone.push_back(name);
  }
  for (const std::string& name : gone) unfinished += log_->end_open_statements(name, clock_.now());
  if (!stopped) {
    SLUICE_CHECK(log_->take({0, clock_.now(), {}, audit::GatewayRestarted{recovered, unfinished, log_->torn_bytes()}}));
    log_warning("the gateway did not stop in an orderly way: " + std::to_string(recovered) + " audit records recovered, " +
                std::to_string(unfinished) + " statements with unknown end");
  }
  SLUICE_CHECK(log_->take({0, clock_.now(), {}, audit::GatewayStarted{settings_.version}}));
  SLUICE_CHECK(log_->write());
  SLUICE_CHECK(log_->fold());
  for (const auto& journal : done) journal->remove();
  SLUICE_CHECK(log_->forget(gone));
  records_.store(log_->head().sequence, std::memory_order_relaxed);
  return Done{};
}

Status AuditWriter::take_over(const std::string& path, std::uint64_t& recovered, std::vector<std::unique_ptr<store::Journal>>& done) {
  auto journal = store::Journal::open(path);
  Status drained = journal.ok() ? Status(Done{}) : Status(journal.error());
  while (drained.ok() && (*journal)->unread_bytes() != 0) {
    drained = drain_journal(**journal, recovered);
    SLUICE_CHECK(log_->write());
  }
  if (!drained.ok()) {
    // Only a loss of power can do this. What could be read is in the log; the rest stays as evidence.
    log_error(drained.error().message);
    std::error_code code;
    std::filesystem::rename(path, path + ".damaged", code);
    return Done{};
  }
  done.push_back(std::move(journal).value());
  return Done{};
}

Result<std::unique_ptr<StatementRecorder>> AuditWriter::make_recorder() {
  std::array<std::uint8_t, store::Journal::kIdSize / 2> random{};
  fill_random(random);
  const std::string id = to_hex(random);
  auto link = std::make_shared<RecorderLink>();
  const std::string path = settings_.directory + "/" + id + std::string(kJournalSuffix);
  SLUICE_TRY(journal, store::Journal::create(path, id, settings_.journal_bytes));
  link->journal = std::move(journal);
  link->log_failed.store(!writable(), std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  links_.push_back(link);
  return std::unique_ptr<StatementRecorder>(std::make_unique<JournalRecorder>(link, clock_));
}

double AuditWriter::journal_fill() {
  double fullest = 0;
  for (const auto& link : links()) {
    fullest = std::max(fullest, static_cast<double>(link->journal->used_bytes()) / static_cast<double>(link->journal->capacity()));
  }
  return fullest;
}

std::vector<std::shared_ptr<RecorderLink>> AuditWriter::links() {
  const std::lock_guard lock(mutex_);
  return links_;
}

void AuditWriter::nudge() {
  const std::lock_guard lock(mutex_);
  outbox_waits_ = true;
  wake_.notify_one();
}

Status AuditWriter::flush() {
  std::unique_lock lock(mutex_);
  const std::uint64_t wanted = ++flush_wanted_;
  wake_.notify_one();
  if (!flushed_.wait_for(lock, kFlushPatience, [&] { return flush_done_ >= wanted || stopping_; }) || flush_done_ < wanted) {
    return make_error(ErrorKind::audit_unavailable, "the audit log cannot be written just now");
  }
  return Done{};
}

void AuditWriter::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  flushed_.notify_all();
}

void AuditWriter::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const std::uint64_t wanted = flush_wanted_;
    const bool flushing = wanted != flush_done_;
    lock.unlock();
    const bool done = work(flushing);
    lock.lock();
    if (done && flushing) {
      flush_done_ = wanted;
      flushed_.notify_all();
    }
    const auto pause = done ? settings_.batch_interval : kRetryInterval;
    wake_.wait_for(lock, pause, [&] { return stopping_ || (done && (outbox_waits_ || flush_wanted_ != flush_done_)); });
  }
  lock.unlock();
  finish();
}

/// One round; false if something could not be written.
bool AuditWriter::work(bool flushing) {
  Status status = log_->write();  // what the last round could not
  std::uint64_t taken = 0;
  do {
    taken = 0;
    if (status.ok()) status = drain(taken);
    if (status.ok()) status = log_->write();
    if (status.ok()) after_write();
  } while (status.ok() && taken != 0 && flushing);
  const auto now = std::chrono::steady_clock::now();
  if (status.ok() && log_->needs_fold() && (flushing || now - last_fold_ >= settings_.fold_interval)) {
    status = log_->fold();
    last_fold_ = now;
  }
  report(status);
  return status.ok();
}

Status AuditWriter::drain(std::uint64_t& taken) {
  for (const auto& link : links()) SLUICE_CHECK(drain_journal(*link->journal, taken));
  bool look = false;
  {
    const std::lock_guard lock(mutex_);
    look = std::exchange(outbox_waits_, false);
  }
  if (!look) return Done{};
  Status drained = drain_outbox(taken);
  if (!drained.ok()) nudge();
  return drained;
}

Status AuditWriter::drain_journal(store::Journal& journal, std::uint64_t& taken) {
  store::Journal::Entry entry;
  while (log_->unwritten_bytes() < kBatchBytes && journal.next(entry)) {
    const Status status = take(journal.id(), entry);
    if (!status.ok()) {
      journal.rewind();  // next time again; what was taken meanwhile is known by its number
      return status;
    }
    ++taken;
  }
  if (journal.damaged()) return make_error(ErrorKind::audit_unavailable, "journal \"" + journal.path() + "\" is damaged");
  return Done{};
}

Status AuditWriter::take(const std::string& journal, const store::Journal::Entry& entry) {
  SLUICE_TRY(record, audit::decode_journal_record(entry.record));
  record.source = {journal, entry.number};
  return log_->take(std::move(record));
}

Status AuditWriter::drain_outbox(std::uint64_t& taken) {
  for (;;) {
    const auto& journals = log_->state().journals();
    const auto outbox = journals.find(store_.outbox_journal());
    SLUICE_TRY(records, store_.outbox(outbox == journals.end() ? 0 : outbox->second.last()));
    if (records.empty()) return Done{};
    for (audit::Record& record : records) SLUICE_CHECK(log_->take(std::move(record)));
    taken += records.size();
  }
}

void AuditWriter::after_write() {
  records_.store(log_->head().sequence, std::memory_order_relaxed);
  for (const auto& link : links()) link->journal->release();
}

void AuditWriter::report(const Status& status) {
  const bool writable = status.ok();
  if (writable_.exchange(writable) == writable) return;
  for (const auto& link : links()) link->log_failed.store(!writable, std::memory_order_relaxed);
  if (writable) {
    log_info("the audit log can be written again");
  } else {
    log_error("statements stop, since the audit log cannot be written: " + status.error().message);
  }
}

void AuditWriter::finish() {
  bool done = work(true);
  for (const auto& link : links()) log_->end_open_statements(link->journal->id(), clock_.now());
  done = done && log_->take({0, clock_.now(), {}, audit::GatewayStopped{}}).ok() && log_->write().ok();
  if (!done) {
    log_error("the audit log could not be written to its end; its journals stay for the next start");
    return;
  }
  for (const auto& link : links()) link->journal->remove();
  static_cast<void>(log_->fold());
  records_.store(log_->head().sequence, std::memory_order_relaxed);
}

}  // namespace sluice::control
