#include "audit/journal_record.h"

#include <gtest/gtest.h>

#include "unit/audit/records.h"

namespace sluice::audit {
namespace {

bool is_written_by_workers(const Event& event) {
  return std::holds_alternative<SessionOpened>(event) || std::holds_alternative<SessionClosed>(event) ||
         std::holds_alternative<LoginFailed>(event) || std::holds_alternative<StatementDescribed>(event) ||
         std::holds_alternative<StatementAdmitted>(event) || std::holds_alternative<StatementCompleted>(event) ||
         std::holds_alternative<StatementRefused>(event);
}

std::vector<Event> worker_events() {
  std::vector<Event> events = sample_events();
  std::erase_if(events, [](const Event& event) { return !is_written_by_workers(event); });
  // The duration is the log's to compute.
  for (Event& event : events) {
    if (auto* completed = std::get_if<StatementCompleted>(&event)) completed->microseconds = 0;
  }
  return events;
}

TEST(JournalRecord, WhatWorkersWriteComesBack) {
  for (const Event& event : worker_events()) {
    std::string bytes = "left over";
    encode_journal_record(bytes, sample_time(), event);
    const auto record = decode_journal_record(bytes);
    ASSERT_TRUE(record.ok());
    EXPECT_EQ(record->event, event);
    EXPECT_EQ(record->at, sample_time());
  }
}

TEST(JournalRecord, ARecordThatIsCutOffOrTooLongIsRefused) {
  for (const Event& event : worker_events()) {
    std::string bytes;
    encode_journal_record(bytes, sample_time(), event);
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_journal_record(std::string_view(bytes).substr(0, size)).ok());
    EXPECT_FALSE(decode_journal_record(bytes + "x").ok());
  }
}

TEST(JournalRecord, TheEndOfAnythingFitsIntoItsReserve) {
  std::string bytes;
  encode_completed(bytes, Timestamp::max(), ~std::uint64_t{0}, ~std::uint64_t{0}, ~std::uint64_t{0}, Outcome::canceled, ~std::uint64_t{0},
                   ~std::uint64_t{0}, std::string(1000, 'x'));
  EXPECT_LE(bytes.size(), kMaxEndRecordBytes);
  encode_journal_record(bytes, Timestamp::max(), SessionClosed{~std::uint64_t{0}});
  EXPECT_LE(bytes.size(), kMaxEndRecordBytes);
}

}  // namespace
}  // namespace sluice::audit
