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
  expect(Owed::function_call);
  EXPECT_EQ(replies("D"), "!");
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

TEST_F(PendingRepliesTest, KnowsWhereCopyDataEndThatWereSentAhead) {
  expect(Owed::query);
  ledger.copy_ended();
  expect(Owed::sync);
  expect(Owed::query);
  EXPECT_EQ(replies("G"), "f");
  EXPECT_TRUE(ledger.copying_in());
  EXPECT_FALSE(ledger.awaits_copy_data());
  EXPECT_FALSE(ledger.copy_interrupted());
  EXPECT_EQ(replies("CZZTDCZ"), "fffffff");
  EXPECT_TRUE(ledger.empty());
}

TEST_F(PendingRepliesTest, TellsTheEndsOfSeveralCopiesOfOneQueryApart) {
  expect(Owed::query);
  ledger.copy_ended();
  ledger.copy_ended();
  EXPECT_EQ(replies("G"), "f");
  EXPECT_FALSE(ledger.awaits_copy_data());
  EXPECT_EQ(replies("CG"), "ff");
  EXPECT_FALSE(ledger.awaits_copy_data());
  EXPECT_EQ(replies("CZ"), "ff");
  EXPECT_TRUE(ledger.empty());
}

TEST_F(PendingRepliesTest, ForgetsTheEndOfACopyThatNeverBegan) {
  ledger.copy_ended();
  EXPECT_TRUE(ledger.empty());
  expect(Owed::query);
  ledger.copy_ended();
  EXPECT_EQ(replies("EZ"), "ff");
  EXPECT_TRUE(ledger.empty());
}

TEST_F(PendingRepliesTest, ForgetsASyncInTheMiddleOfCopyData) {
  expect(Owed::query);
  EXPECT_EQ(replies("G"), "f");
  expect(Owed::sync);
  ledger.copy_ended();
  EXPECT_EQ(replies("CZ"), "ff");
  EXPECT_TRUE(ledger.empty());
}

TEST_F(PendingRepliesTest, AcceptsEitherFateOfASyncInACopyThatFails) {
  for (const std::string answers : {"EZ", "EZZ"}) {
    ledger = Ledger();
    expect(Owed::bind);
    expect(Owed::execute);
    EXPECT_EQ(replies("2G"), "ff");
    expect(Owed::sync);  // the failure may be on its way already
    expect(Owed::sync);
    EXPECT_EQ(replies(answers), std::string(answers.size(), 'f'));
    EXPECT_TRUE(ledger.empty());
    EXPECT_FALSE(ledger.skipping());
    expect(Owed::parse);
    EXPECT_EQ(replies("1"), "f");
    EXPECT_TRUE(ledger.empty());
  }
}

TEST_F(PendingRepliesTest, SkipsAfterAFailedCopyUntilASyncThatIsStillToCome) {
  expect(Owed::execute);
  expect(Owed::sync);
  EXPECT_EQ(replies("GE"), "ff");
  EXPECT_TRUE(ledger.skipping());
  expect(Owed::sync);
  EXPECT_FALSE(ledger.skipping());
  EXPECT_EQ(replies("Z"), "f");
  EXPECT_TRUE(ledger.empty());
}

TEST_F(PendingRepliesTest, NoticesWhatDoesNotBelongIntoCopyData) {
  expect(Owed::query);
  EXPECT_EQ(replies("G"), "f");
  EXPECT_FALSE(ledger.copy_interrupted());
  expect(Owed::parse);
  EXPECT_TRUE(ledger.copy_interrupted());
  ledger = Ledger();
  expect(Owed::query);
  expect(Owed::query);
  EXPECT_EQ(replies("G"), "f");
  EXPECT_TRUE(ledger.copy_interrupted());
}

TEST_F(PendingRepliesTest, FollowsAFunctionCallToReadyForQuery) {
  expect(Owed::function_call);
  EXPECT_EQ(replies("VZ"), "ff");
  expect(Owed::function_call);
  expect(Owed::parse);
  EXPECT_EQ(replies("EZ1"), "fff");
  EXPECT_TRUE(ledger.empty());
}

TEST_F(PendingRepliesTest, FollowsAReplicationStream) {
  expect(Owed::query);
  EXPECT_EQ(replies("WdddcCZ"), "fffffff");
  EXPECT_TRUE(ledger.empty());
}

TEST_F(PendingRepliesTest, SwallowsEvenTheErrorOfAQuestionThatNobodyMissesTheAnswerTo) {
  expect(Owed::parse, Fate::swallow_all);
  expect(Owed::sync, Fate::swallow_all);
  EXPECT_EQ(replies("EZ"), "ss");
  EXPECT_TRUE(ledger.empty());
}

TEST_F(PendingRepliesTest, OwesNothingAfterACopyThatFailedWithSyncsInItsData) {
  expect(Owed::execute);
  EXPECT_EQ(replies("G"), "f");
  expect(Owed::sync);
  EXPECT_EQ(replies("E"), "f");  // nobody knows whether the Sync was read before or after
  ledger.copy_ended();
  EXPECT_TRUE(ledger.empty());
  expect(Owed::sync);
  EXPECT_EQ(replies("Z"), "f");
  EXPECT_TRUE(ledger.empty());
}

TEST_F(PendingRepliesTest, CountsAReadyForQueryOnceHoweverManySyncsWereInTheData) {
  expect(Owed::execute);
  expect(Owed::sync);
  expect(Owed::sync);
  EXPECT_EQ(replies("GE"), "ff");
  expect(Owed::sync);
  EXPECT_EQ(replies("Z"), "f");
  EXPECT_TRUE(ledger.empty());
  expect(Owed::query);
  EXPECT_EQ(replies("CZ"), "ff");
  EXPECT_TRUE(ledger.empty());
}

struct Naming {
  bool names = false;
  [[nodiscard]] bool changes_statement() const { return names; }
};

TEST(PendingRepliesOfNames, CountsTheChangesThatAreUnderWay) {
  PendingReplies<Naming> ledger;
  std::vector<PendingReplies<Naming>::Entry> abandoned;
  ledger.expect({Owed::parse, Fate::forward, {true}});
  ledger.expect({Owed::bind, Fate::forward, {false}});
  ledger.expect({Owed::parse, Fate::forward, {true}});
  ledger.expect({Owed::close, Fate::forward, {true}});
  ledger.expect({Owed::sync, Fate::forward, {false}});
  EXPECT_EQ(ledger.statement_changes(), 3u);
  ASSERT_TRUE(ledger.on_reply('1', abandoned).ok());
  EXPECT_EQ(ledger.statement_changes(), 2u);
  ASSERT_TRUE(ledger.on_reply('E', abandoned).ok());
  EXPECT_EQ(ledger.statement_changes(), 0u);
  ledger.expect({Owed::parse, Fate::forward, {true}});
  ASSERT_TRUE(ledger.on_reply('Z', abandoned).ok());
  ASSERT_TRUE(ledger.on_reply('E', abandoned).ok());
  EXPECT_EQ(ledger.statement_changes(), 0u);
}

TEST_F(PendingRepliesTest, LetsAFatalErrorComeUnasked) { EXPECT_EQ(replies("E"), "f"); }

}  // namespace
}  // namespace sluice::protocol
