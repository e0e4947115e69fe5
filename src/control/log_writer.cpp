#include "control/log_writer.h"

#include <algorithm>
#include <utility>

#include "audit/record_json.h"
#include "store/audit_files.h"
#include "usage/shape_bytes.h"

namespace sluice::control {
namespace {

// Kept in memory, descriptions for each journal; what is dropped is read from the store again.
constexpr std::size_t kMaxKnown = 100'000;
constexpr std::size_t kMaxShapes = 10'000;

Error damaged(const std::string& what) {
  return make_error(ErrorKind::audit_unavailable, "audit log is damaged: " + what, "Run \"sluice audit verify\" on its directory.");
}

}  // namespace

LogWriter::LogWriter(store::AuditLog::Opened opened, store::AuditStore& store)
    : store_(store), log_(std::move(opened.log)), state_(std::move(opened.state)), chain_(opened.head), torn_bytes_(opened.torn_bytes) {}

Result<std::unique_ptr<LogWriter>> LogWriter::open(const std::string& directory, const store::AuditLog::Limits& limits,
                                                   store::AuditStore& store) {
  SLUICE_TRY(opened, store::AuditLog::open(directory, limits));
  std::unique_ptr<LogWriter> writer(new LogWriter(std::move(opened), store));
  SLUICE_TRY(folded, store.folded());
  SLUICE_CHECK(writer->replay(folded));
  SLUICE_CHECK(writer->fold());
  return writer;
}

Status LogWriter::replay(const audit::ChainHead& folded) {
  if (folded.sequence > head().sequence) {
    Error error = damaged("it ends at record " + std::to_string(head().sequence) + ", the store knows " + std::to_string(folded.sequence));
    error.hint += " docs/audit-format.md says how to begin a new log.";
    return error;
  }
  folded_sequence_ = folded.sequence;
  if (!needs_fold()) {
    if (folded.digest != head().digest) return damaged("its last record is not the one that the store knows");
    return Done{};
  }
  SLUICE_TRY(segments, store::list_segments(log_->directory()));
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const bool is_folded = i + 1 < segments.size() && segments[i + 1].first <= folded.sequence;
    if (is_folded) continue;
    SLUICE_TRY(end, store::for_each_line(segments[i].path, [&](std::string_view line) -> Status {
                 const auto seal = audit::seal_of(line);
                 if (!seal) return damaged("a line is no record");
                 if (seal->sequence == folded.sequence && seal->digest != folded.digest) {
                   return damaged("record " + std::to_string(seal->sequence) + " is not the one that the store knows");
                 }
                 if (seal->sequence <= folded.sequence) return Done{};
                 SLUICE_TRY(record, audit::decode_record(line));
                 return account_replayed(record);
               }));
    static_cast<void>(end);
  }
  return Done{};
}

Status LogWriter::account_replayed(const audit::Record& record) {
  if (const auto* described = std::get_if<audit::StatementDescribed>(&record.event)) {
    learn(record, described->facts);
  } else if (const auto* completed = std::get_if<audit::StatementCompleted>(&record.event)) {
    SLUICE_TRY(known, known_by_sequence(completed->described));
    count(known, *completed, record.at);
  }
  return Done{};
}

std::shared_ptr<LogWriter::Counted> LogWriter::counted_for(std::shared_ptr<store::KnownShape> shape) {
  std::shared_ptr<Counted>& counted = shapes_[shape->bytes];
  if (counted == nullptr) counted = std::make_shared<Counted>(Counted{std::move(shape), 0, {}});
  return counted;
}

void LogWriter::learn(const audit::Record& record, const audit::StatementFacts& facts) {
  auto shape = std::make_shared<store::KnownShape>();
  shape->shape = store::shape_of(facts);
  shape->bytes = usage::encode_shape(shape->shape);
  const Known known{record.sequence, counted_for(std::move(shape))};
  known_[record.source.journal][record.source.number] = known;
  known_by_sequence_[record.sequence] = known;
  batch_.described.push_back({record.sequence, record.source, known.counted->shape});
}

Result<LogWriter::Known> LogWriter::known(const audit::Source& source) {
  KnownByNumber& numbers = known_[source.journal];
  if (const auto found = numbers.find(source.number); found != numbers.end()) return found->second;
  SLUICE_TRY(described, store_.described(source));
  if (!described) return Known();
  return numbers[source.number] = {described->sequence, counted_for(std::move(described->shape))};
}

Result<LogWriter::Known> LogWriter::known_by_sequence(std::uint64_t sequence) {
  if (const auto found = known_by_sequence_.find(sequence); found != known_by_sequence_.end()) return found->second;
  SLUICE_TRY(described, store_.described(sequence));
  if (!described) return Known();
  return known_by_sequence_[sequence] = {sequence, counted_for(std::move(described->shape))};
}

void LogWriter::count(const Known& known, const audit::StatementCompleted& completed, Timestamp at) {
  if (known.counted == nullptr) return;
  Counted& counted = *known.counted;
  const std::int64_t hour = usage::hour_of(at);
  if (counted.hour != hour) settle(counted);
  if (counted.counts.statements == 0) counted_.push_back(known.counted);
  counted.hour = hour;
  counted.counts += {1, completed.rows, 0, completed.bytes};
}

void LogWriter::settle(Counted& counted) {
  if (counted.counts.statements != 0) usage::fold(batch_.counts, counted.shape->shape, counted.hour, counted.counts);
  counted.counts = {};
}

Status LogWriter::refer(audit::Record& record) {
  std::uint64_t* described = nullptr;
  if (auto* admitted = std::get_if<audit::StatementAdmitted>(&record.event)) described = &admitted->described;
  if (auto* refused = std::get_if<audit::StatementRefused>(&record.event)) described = &refused->described;
  auto* completed = std::get_if<audit::StatementCompleted>(&record.event);
  if (completed != nullptr) described = &completed->described;
  if (described == nullptr || *described == 0) return Done{};

  SLUICE_TRY(found, known({record.source.journal, *described}));
  *described = found.sequence;
  if (completed != nullptr) {
    const auto& journal = state_.journal(record.source.journal);
    const auto admitted = audit::LogState::admitted_at(journal, completed->session, completed->statement);
    if (admitted && record.at > *admitted) completed->microseconds = static_cast<std::uint64_t>((record.at - *admitted).count());
    count(found, *completed, record.at);
  }
  return Done{};
}

void LogWriter::append(audit::Record& record) {
  if (buffer_.empty() && log_->needs_segment()) {
    audit::Record checkpoint{0, record.at, {}, state_.checkpoint(head().digest)};
    chain_.append(buffer_, checkpoint);
    new_segment_ = checkpoint.sequence;
  }
  chain_.append(buffer_, record);
  state_.apply(record);
}

Status LogWriter::take(audit::Record record) {
  const std::string& journal = record.source.journal;
  if (!journal.empty() && state_.journal(journal).has(record.source.number)) return Done{};
  if (const auto* closed = std::get_if<audit::SessionClosed>(&record.event)) {
    for (const audit::OpenStatement& open : state_.journal(journal).open()) {
      if (open.session == closed->session) end_statement(open, record.at);
    }
  }
  SLUICE_CHECK(refer(record));
  append(record);
  if (const auto* described = std::get_if<audit::StatementDescribed>(&record.event)) learn(record, described->facts);
  return Done{};
}

void LogWriter::end_statement(const audit::OpenStatement& open, Timestamp at) {
  audit::StatementCompleted completed{open.session, open.statement, open.described, audit::Outcome::unknown, 0, 0, 0, {}};
  if (at > open.admitted) completed.microseconds = static_cast<std::uint64_t>((at - open.admitted).count());
  if (const auto known = known_by_sequence(open.described); known.ok()) count(*known, completed, at);
  audit::Record record{0, at, {open.journal, 0}, completed};
  append(record);
}

std::uint64_t LogWriter::end_open_statements(const std::string& journal, Timestamp at) {
  const std::vector<audit::OpenStatement> open = state_.journal(journal).open();
  for (const audit::OpenStatement& statement : open) end_statement(statement, at);
  return open.size();
}

Status LogWriter::write() {
  if (buffer_.empty()) return Done{};
  if (new_segment_ != 0) {
    SLUICE_CHECK(log_->begin_segment(new_segment_));
    new_segment_ = 0;
  }
  SLUICE_CHECK(log_->append(buffer_, head()));
  buffer_.clear();
  return Done{};
}

Status LogWriter::fold() {
  if (!needs_fold()) return Done{};
  for (const auto& counted : counted_) settle(*counted);
  counted_.clear();
  batch_.head = head();
  batch_.outbox_done = state_.journal(store_.outbox_journal()).last();
  SLUICE_CHECK(store_.fold(batch_));
  folded_sequence_ = batch_.head.sequence;
  batch_ = {};
  // Everything in memory is in the store now.
  known_by_sequence_.clear();
  for (auto& [journal, numbers] : known_) {
    if (numbers.size() > kMaxKnown) numbers.clear();
  }
  if (shapes_.size() > kMaxShapes) {
    shapes_.clear();
    known_.clear();
  }
  return Done{};
}

Status LogWriter::forget(const std::vector<std::string>& journals) {
  SLUICE_CHECK(log_->sync_names());
  for (const std::string& journal : journals) {
    state_.forget(journal);
    known_.erase(journal);
    SLUICE_CHECK(store_.forget_journal(journal));
  }
  return Done{};
}

}  // namespace sluice::control
