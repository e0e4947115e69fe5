// What agents plant cannot change what a card seems to say, as plain text. tests/card_attacks/README.md

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "approvals/card_json.h"
#include "approvals/card_text.h"
#include "support/card_attacks.h"

namespace sluice::approvals {
namespace {

CardLimits chat_limits() { return CardLimits{{"pii"}}; }

// The card without what strangers wrote: headings in their order, and where the statement's lines are.
std::vector<std::string> frame_of(const std::string& text) {
  std::vector<std::string> frame;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::string head = line.substr(0, 16);
    if (line.size() > 7 && line.substr(5, 3) == " | ") head = "    n | ";
    if (line.starts_with("      | ")) head = "    n | ";
    if (head == std::string(16, ' ')) continue;                          // goes on
    if (head == "    n | " && !frame.empty() && frame.back() == head) continue;
    if (head.starts_with("Note") || head.starts_with("Not shown")) continue;  // the card's own words about the text
    frame.push_back(head);
  }
  return frame;
}

TEST(CardAttacks, NothingPlantedLooksLikeALineOfTheCard) {
  const auto attacks = test::card_attacks();
  ASSERT_GT(attacks.size(), 60u);
  for (const test::CardAttack& attack : attacks) {
    SCOPED_TRACE(attack.name);
    const DecisionCard card = make_card(attack.request, {}, chat_limits());
    const DecisionCard twin = make_card(test::harmless_twin(attack.request), {}, chat_limits());
    const std::string text = card_text(card);
    EXPECT_EQ(frame_of(text), frame_of(card_text(twin))) << text;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }), 100);
    }
  }
}

TEST(CardAttacks, NoDisguiseIsShownAsItIs) {
  for (const test::CardAttack& attack : test::card_attacks()) {
    SCOPED_TRACE(attack.name);
    for (const CardLimits& limits : {chat_limits(), no_limits()}) {
      const DecisionCard card = make_card(attack.request, {}, limits);
      const std::string text = card_text(card);
      for (const std::string& character : attack.never) EXPECT_EQ(text.find(character), std::string::npos) << text;
      for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << text;
      // What programs get says the same once more.
      EXPECT_EQ(card_text(card_from_json(nlohmann::json::parse(card_json(card).dump()))), text);
    }
  }
}

TEST(CardAttacks, WhatIsNotShownAsItIsCannotBeApprovedInAChat) {
  for (const test::CardAttack& attack : test::card_attacks()) {
    const DecisionCard card = make_card(attack.request, {}, chat_limits());
    EXPECT_EQ(card.complete(), attack.approvable) << attack.name << ": " << (card.complete() ? "" : card.left_out.front()) << "\n" << card_text(card);
  }
}

TEST(CardAttacks, WhatIsCompleteIsThere) {
  for (const test::CardAttack& attack : test::card_attacks()) {
    if (!attack.approvable) continue;
    const DecisionCard card = make_card(attack.request, {}, chat_limits());
    EXPECT_EQ(card.statement, attack.request.held.statement) << attack.name;
    EXPECT_EQ(card.application, attack.request.held.application) << attack.name;
  }
}

}  // namespace
}  // namespace sluice::approvals
