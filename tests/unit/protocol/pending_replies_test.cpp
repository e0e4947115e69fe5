#include "protocol/pending_replies.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::protocol {
namespace {

using Ledger = PendingReplies<std::string>;

class PendingRepliesTest : public ::testing::Test {
 protected:
  void expect(Owed owed, Fate fate = Fate::forward, std::string name = {}) { ledger.expect({owed, fate, std::move(name), false}); }

  // What happens to each message, one letter each: f(orward), s(wallow), r(eplace), ! (violation).
  std::string replies(const std::string& types) {
    std::string fates;
    for (const char type : types) {
      const auto event = ledger.on_reply(type, abandoned);
      if (!event.ok()) return fates + "!";
      fates += event->action == ReplyAction::forward ? 'f' : event->action == ReplyAction::swallow ? 's' : 'r';
    }
    return fates;
  }

  Ledger ledger;
  std::vector<Ledger::Entry> abandoned;
};

TEST_F(PendingRepliesTest, FollowsASimpleQueryOfSeveralStatementsToReadyForQuery) {
  expect(Owed::query);
  EXPECT_EQ(replies("TDDCCTDC"), "ffffffff");
  EXPECT_FALSE(ledger.empty());
  EXPECT_EQ(replies("Z"), "f");
  EXPECT_TRUE(ledger.empty());
}

TEST_F(PendingRepliesTest, KeepsASimpleQueryOpenAfterAnErrorUntilReadyForQuery) {
  expect(Owed::query);
  EXPECT_EQ(replies("TDE"), "fff");
  EXPECT_FALSE(ledger.empty());
  EXPECT_FALSE(ledger.skipping());
  EXPECT_EQ(replies("Z"), "f");
  EXPECT_TRUE(ledger.empty());
}

TEST_F(PendingRepliesTest, FollowsAnExtendedQuery) {
  expect(Owed::parse);
  expect(Owed::describe_statement);
  expect(Owed::bind);
  expect(Owed::describe_portal);
  expect(Owed::execute);
  expect(Owed::close);
  expect(Owed::sync);
  EXPECT_EQ(replies("1tT2nDDs3Z"), "ffffffffff");
  EXPECT_TRUE(ledger.empty());
}

TEST_F(PendingRepliesTest, AbandonsEverythingUpToSyncAfterAnError) {
  expect(Owed::parse, Fate::forward, "a");
  expect(Owed::bind, Fate::forward, "b");
  expect(Owed::execute, Fate::forward, "c");
  expect(Owed::sync);
  expect(Owed::parse, Fate::forward, "d");
  EXPECT_EQ(replies("E"), "f");
  ASSERT_EQ(abandoned.size(), 2u);
  EXPECT_EQ(abandoned[0].context, "b");
  EXPECT_EQ(abandoned[1].context, "c");
  EXPECT_FALSE(ledger.skipping());
  EXPECT_EQ(replies("Z1"), "ff");
  EXPECT_TRUE(ledger.empty());
}

TEST_F(PendingRepliesTest, SkipsUntilASyncThatIsStillToCome) {
  expect(Owed::parse);
  EXPECT_EQ(replies("E"), "f");
  EXPECT_TRUE(ledger.skipping());
  EXPECT_TRUE(ledger.empty());
  expect(Owed::sync);
  EXPECT_FALSE(ledger.skipping());
  EXPECT_EQ(replies("Z"), "f");
}

TEST_F(PendingRepliesTest, ExchangesTheErrorOfAMessageThatWasMadeToFail) {
  expect(Owed::bind);
  expect(Owed::parse, Fate::replace_error, "ours");
  expect(Owed::sync);
  EXPECT_EQ(replies("2"), "f");
  const auto event = ledger.on_reply('E', abandoned);
  ASSERT_TRUE(event.ok());
  EXPECT_EQ(event->action, ReplyAction::replace);
  EXPECT_EQ(event->subject->context, "ours");
  EXPECT_EQ(replies("Z"), "f");
}

TEST_F(PendingRepliesTest, ForwardsReadyForQueryBehindAnExchangedError) {
  expect(Owed::query, Fate::replace_error, "ours");
  EXPECT_EQ(replies("EZ"), "rf");
  EXPECT_TRUE(ledger.empty());
}

TEST_F(PendingRepliesTest, TrustsNoUpstreamThatAcceptsWhatWasMadeToFail) {
  expect(Owed::query, Fate::replace_error);
  EXPECT_EQ(replies("C"), "!");
  ledger = Ledger();
  expect(Owed::parse, Fate::replace_error);
  EXPECT_EQ(replies("1"), "!");
}

TEST_F(PendingRepliesTest, SwallowsTheRepliesToMessagesOfOurOwnButNotTheirError) {
  expect(Owed::parse, Fate::swallow);
  expect(Owed::bind, Fate::swallow);
  expect(Owed::execute, Fate::swallow);
  EXPECT_EQ(replies("1N2DE"), "ssssf");
}

TEST_F(PendingRepliesTest, ForwardsNotificationsAndSettingsAtAnyTime) {
  EXPECT_EQ(replies("ANS"), "fff");
  expect(Owed::query);
  EXPECT_EQ(replies("AS"), "ff");
}

TEST_F(PendingRepliesTest, RefusesAnAnswerToWhatWasNotAsked) {
  EXPECT_EQ(replies("D"), "!");
  expect(Owed::parse);
  EXPECT_EQ(replies("2"), "!");
  expect(Owed::query);
  EXPECT_EQ(replies("W"), "!");  // CopyBothResponse: replication is never asked for
}

TEST_F(PendingRepliesTest, ForgetsASyncThatTheUpstreamReadsAsPartOfCopyIn) {
  // libpq sends Sync right behind Execute, and another one behind CopyDone.
  expect(Owed::bind);
  expect(Owed::execute);
  expect(Owed::sync);
  EXPECT_EQ(replies("2G"), "ff");
  EXPECT_TRUE(ledger.copying_in());
  ledger.copy_ended();
  expect(Owed::sync);
  EXPECT_EQ(replies("CZ"), "ff");
  EXPECT_TRUE(ledger.empty());
  EXPECT_FALSE(ledger.copying_in());
}

TEST_F(PendingRepliesTest, LetsAFatalErrorComeUnasked) { EXPECT_EQ(replies("E"), "f"); }

}  // namespace
}  // namespace sluice::protocol
