#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "audit/record.h"

namespace sluice::audit {

/// What the log says so far of one journal.
class JournalState {
 public:
  /// True: the log has this record already.
  [[nodiscard]] bool has(std::uint64_t number) const noexcept { return number != 0 && number <= last_; }
  [[nodiscard]] std::uint64_t last() const noexcept { return last_; }
  [[nodiscard]] std::vector<OpenStatement> open() const;

 private:
  friend class LogState;
  struct Key {
    std::uint64_t session = 0;
    std::uint64_t statement = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept {
      return std::hash<std::uint64_t>{}(key.session * 0x9E3779B97F4A7C15 ^ key.statement);
    }
  };
  std::uint64_t last_ = 0;
  std::unordered_map<Key, OpenStatement, KeyHash> open_;
};

/// What one has to know of a log in order to go on writing it; a checkpoint holds all of it.
class LogState {
 public:
  LogState() = default;
  LogState(LogState&& other) noexcept : journals_(std::move(other.journals_)), stopped_(other.stopped_) {}
  LogState& operator=(LogState&&) = delete;

  /// Takes the next record of the log into account. References to JournalState stay valid.
  void apply(const Record& record);
  [[nodiscard]] JournalState& journal(const std::string& name);
  /// The journal is gone and will never be read again.
  void forget(const std::string& name);
  [[nodiscard]] const std::map<std::string, JournalState>& journals() const noexcept { return journals_; }

  /// When the statement was admitted; absent if it is not open.
  [[nodiscard]] static std::optional<Timestamp> admitted_at(const JournalState& journal, std::uint64_t session, std::uint64_t statement);
  [[nodiscard]] Checkpoint checkpoint(const Digest& previous) const;
  /// The last record said that the gateway had stopped in an orderly way.
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }

 private:
  std::map<std::string, JournalState> journals_;
  std::map<std::string, JournalState>::iterator latest_ = journals_.end();  ///< records come in runs from one journal
  bool stopped_ = true;
};

}  // namespace sluice::audit
