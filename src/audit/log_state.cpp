#include "audit/log_state.h"

#include <algorithm>

namespace sluice::audit {

std::vector<OpenStatement> JournalState::open() const {
  std::vector<OpenStatement> list;
  for (const auto& [key, statement] : open_) list.push_back(statement);
  std::sort(list.begin(), list.end(), [](const OpenStatement& a, const OpenStatement& b) {
    return std::pair(a.session, a.statement) < std::pair(b.session, b.statement);
  });
  return list;
}

JournalState& LogState::journal(const std::string& name) {
  if (latest_ == journals_.end() || latest_->first != name) latest_ = journals_.try_emplace(name).first;
  return latest_->second;
}

void LogState::forget(const std::string& name) {
  journals_.erase(name);
  latest_ = journals_.end();
}

void LogState::apply(const Record& record) {
  if (const auto* checkpoint = std::get_if<Checkpoint>(&record.event)) {
    journals_.clear();
    latest_ = journals_.end();
    for (const auto& [name, number] : checkpoint->sources) journals_[name].last_ = number;
    for (const OpenStatement& open : checkpoint->open) journals_[open.journal].open_[{open.session, open.statement}] = open;
    return;
  }
  stopped_ = std::holds_alternative<GatewayStopped>(record.event);
  if (record.source.journal.empty()) return;
  JournalState& journal = this->journal(record.source.journal);
  journal.last_ = std::max(journal.last_, record.source.number);
  if (const auto* admitted = std::get_if<StatementAdmitted>(&record.event)) {
    journal.open_[{admitted->session, admitted->statement}] = {record.source.journal, admitted->session, admitted->statement,
                                                               admitted->described, record.at};
  } else if (const auto* completed = std::get_if<StatementCompleted>(&record.event)) {
    journal.open_.erase({completed->session, completed->statement});
  }
}

std::optional<Timestamp> LogState::admitted_at(const JournalState& journal, std::uint64_t session, std::uint64_t statement) {
  const auto found = journal.open_.find({session, statement});
  return found == journal.open_.end() ? std::nullopt : std::optional(found->second.admitted);
}

Checkpoint LogState::checkpoint(const Digest& previous) const {
  Checkpoint checkpoint{previous, {}, {}};
  for (const auto& [name, journal] : journals_) {
    checkpoint.sources[name] = journal.last_;
    const std::vector<OpenStatement> open = journal.open();
    checkpoint.open.insert(checkpoint.open.end(), open.begin(), open.end());
  }
  return checkpoint;
}

}  // namespace sluice::audit
