#include "audit/chain.h"

#include <gtest/gtest.h>

#include "unit/audit/records.h"

namespace sluice::audit {
namespace {

std::vector<std::string> sample_lines() {
  Chain chain({});
  std::vector<std::string> lines;
  for (const Event& event : sample_events()) {
    Record record{0, sample_time(), {"0123456789abcd", lines.size() + 1}, event};
    std::string line;
    chain.append(line, record);
    EXPECT_EQ(record.sequence, lines.size() + 1);
    EXPECT_EQ(line.back(), '\n');
    line.pop_back();
    lines.push_back(line);
  }
  return lines;
}

std::optional<Fault> first_fault(const std::vector<std::string>& lines) {
  Verifier verifier;
  for (const std::string& line : lines) {
    if (auto fault = verifier.check(line)) return fault;
  }
  return std::nullopt;
}

TEST(Chain, WhatWasLinkedVerifies) { EXPECT_EQ(first_fault(sample_lines()), std::nullopt); }

TEST(Chain, AnyChangedByteIsFoundAndLocated) {
  auto lines = sample_lines();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (std::size_t j = 0; j < lines[i].size(); ++j) {
      for (const char flip : {char{1}, char{0x20}}) {
        lines[i][j] = static_cast<char>(lines[i][j] ^ flip);
        const auto fault = first_fault(lines);
        ASSERT_TRUE(fault) << i << " " << j;
        EXPECT_EQ(fault->sequence, i + 1) << j;
        lines[i][j] = static_cast<char>(lines[i][j] ^ flip);
      }
    }
  }
}

TEST(Chain, MissingDoubledAndExchangedRecordsAreLocated) {
  const auto whole = sample_lines();
  for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
    auto lines = whole;
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(first_fault(lines).value().sequence, i + 1);

    lines = whole;
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(i), whole[i]);
    EXPECT_EQ(first_fault(lines).value().sequence, i + 2);

    lines = whole;
    std::swap(lines[i], lines[i + 1]);
    EXPECT_EQ(first_fault(lines).value().sequence, i + 1);
  }
}

TEST(Chain, ARecordWithItsDigestMadeAnewBreaksTheNextOne) {
  auto lines = sample_lines();
  Verifier before;
  for (std::size_t i = 0; i < 3; ++i) ASSERT_FALSE(before.check(lines[i]));
  Chain forged(before.head());
  Record record{0, sample_time(), {}, GatewayStopped{}};
  lines[3].clear();
  forged.append(lines[3], record);
  lines[3].pop_back();
  EXPECT_EQ(first_fault(lines).value().sequence, 5u);
}

TEST(Chain, AFaultIsNamedOnceAndTheRestIsCheckedFurther) {
  auto lines = sample_lines();
  lines[2][10] = static_cast<char>(lines[2][10] ^ 1);
  Verifier verifier;
  int faults = 0;
  for (const std::string& line : lines) faults += verifier.check(line).has_value() ? 1 : 0;
  EXPECT_EQ(faults, 1);
}

TEST(Chain, HeadComesBackAndOnlyItsOneSpellingIsRead) {
  const ChainHead head{42, sha256("x")};
  const std::string text = encode_head(head);
  EXPECT_EQ(decode_head(text), head);
  EXPECT_EQ(decode_head(encode_head({})), ChainHead{});
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_NE(decode_head(changed), head);
    EXPECT_FALSE(decode_head(text.substr(0, i)));
  }
  EXPECT_FALSE(decode_head(text + "\n"));
}

}  // namespace
}  // namespace sluice::audit
