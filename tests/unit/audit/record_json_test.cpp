#include "audit/record_json.h"

#include <gtest/gtest.h>

#include "audit/json_text.h"
#include "unit/audit/records.h"

namespace sluice::audit {
namespace {

TEST(RecordJson, EveryKindOfRecordComesBackAsItWasWritten) {
  for (const Event& event : sample_events()) {
    const Record record{5, sample_time(), {"0123456789abcd", 17}, event};
    std::string line;
    append_record(line, record);
    line.push_back('}');
    const auto decoded = decode_record(line);
    ASSERT_TRUE(decoded.ok()) << line;
    EXPECT_EQ(*decoded, record) << line;
  }
}

TEST(RecordJson, EveryKindIsOnTheList) { EXPECT_GE(sample_events().size(), std::variant_size_v<Event>); }

TEST(RecordJson, TheTextIsTheOneThatTheFormatPromises) {
  std::string line;
  append_record(line, {12, sample_time(), {"0123456789abcd", 3}, StatementAdmitted{7, 1, 5, {}}});
  EXPECT_EQ(line,
            "{\"seq\":12,\"at\":\"2025-11-21T21:20:00.123456Z\",\"from\":\"0123456789abcd:3\",\"event\":\"statement_admitted\","
            "\"session\":7,\"statement\":1,\"described\":5");
}

TEST(RecordJson, WhatAStrangerSentCannotBreakTheLine) {
  const std::string hostile("a\"b\\c\nd\0e\x7f\xff\xc3\xa4\",\"event\":\"x", 25);
  std::string line;
  append_record(line, {1, sample_time(), {}, LoginFailed{hostile, "peer", "invalid_credentials"}});
  line.push_back('}');
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto decoded = decode_record(line);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(std::get<LoginFailed>(decoded->event).claimed_identity.substr(0, 8), hostile.substr(0, 8));
}

TEST(RecordJson, WhatIsNoRecordIsRefused) {
  for (const char* line : {"", "{}", "[]", "{\"seq\":1}", "{\"seq\":1,\"at\":\"2025-11-21T21:20:00.123456Z\",\"event\":\"other\"}",
                           "{\"seq\":1,\"at\":\"yesterday\",\"event\":\"gateway_stopped\"}"}) {
    EXPECT_FALSE(decode_record(line).ok()) << line;
  }
}

TEST(JsonText, TimesComeBackAndOnlyTheOneSpellingIsRead) {
  for (const std::int64_t at : {std::int64_t{0}, std::int64_t{1}, std::int64_t{1'709'164'799'999'999}, std::int64_t{4'102'444'800'000'000}}) {
    std::string text;
    append_time(text, Timestamp(std::chrono::microseconds(at)));
    EXPECT_EQ(text.size(), 27u);
    EXPECT_EQ(time_from_text(text), Timestamp(std::chrono::microseconds(at))) << text;
  }
  for (const char* text : {"2025-11-21T21:20:00Z", "2025-02-30T00:00:00.000000Z", "2025-11-21T24:00:00.000000Z", "2025-11-21 21:20:00.000000Z"}) {
    EXPECT_FALSE(time_from_text(text)) << text;
  }
}

}  // namespace
}  // namespace sluice::audit
