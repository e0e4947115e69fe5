#include "control/audit_writer.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>

#include "audit/record_json.h"
#include "store/audit_files.h"
#include "support/scratch_directory.h"
#include "support/test_loop.h"

namespace sluice::control {
namespace {

class FixedClock : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return Timestamp(std::chrono::seconds(1'763'760'000)); }
};
const FixedClock kClock;

audit::StatementFacts facts(const std::string& who = "bot") {
  audit::StatementFacts facts;
  facts.identity.id.text = who;
  facts.database.text = "shop";
  facts.verdict = policy::Verdict::allow;
  facts.tables = {"public.customers"};
  facts.columns = {{"public.customers", "email", {"pii"}, true, sql::Use::output}};
  facts.output_columns = 1;
  return facts;
}

struct Running {
  explicit Running(const std::string& directory, std::size_t journal_bytes = 1 << 20, std::uint64_t segment_bytes = 1 << 20)
      : store(std::move(store::Store::open(directory + "/store.db")).value()) {
    AuditWriter::Settings settings;
    settings.directory = directory + "/audit";
    settings.version = "test";
    settings.journal_bytes = journal_bytes;
    settings.limits.segment_bytes = segment_bytes;
    settings.batch_interval = std::chrono::milliseconds(1);
    auto started = AuditWriter::start(settings, *store, kClock);
    if (!started.ok()) ADD_FAILURE() << started.error().message;
    writer = std::move(started).value();
  }
  std::uint64_t statements() {
    const auto report = store::AuditStore(*store).usage({});
    return report->lines.empty() ? 0 : report->lines[0].counts.statements;
  }

  std::unique_ptr<store::Store> store;
  std::unique_ptr<AuditWriter> writer;
};

std::vector<audit::Record> log_of(const std::string& directory) {
  const auto verification = store::verify_directory(directory + "/audit", std::nullopt);
  EXPECT_TRUE(verification.ok() && !verification->fault) << (verification.ok() ? verification->where + verification->fault->what : "unreadable");
  std::vector<audit::Record> records;
  const auto segments = store::list_segments(directory + "/audit");
  for (const store::Segment& segment : *segments) {
    const auto read = store::for_each_line(segment.path, [&](std::string_view line) -> Status {
      records.push_back(*audit::decode_record(line));
      return Done{};
    });
    EXPECT_TRUE(read.ok());
  }
  return records;
}

template <class Kind>
std::vector<Kind> of_kind(const std::vector<audit::Record>& records) {
  std::vector<Kind> found;
  for (const audit::Record& record : records) {
    if (const auto* event = std::get_if<Kind>(&record.event)) found.push_back(*event);
  }
  return found;
}

TEST(AuditWriter, WritesWhatWorkersRecordAndCountsIt) {
  const test::ScratchDirectory scratch;
  {
    Running running(scratch.path());
    auto recorder = std::move(running.writer->make_recorder()).value();
    ASSERT_TRUE(recorder->session_opened(1, facts().identity, facts().database, "peer", 4711, kClock.now()).ok());
    const auto ref = recorder->describe(facts());
    ASSERT_TRUE(ref.ok());
    ASSERT_TRUE(recorder->admitted(*ref, 1, 1, kClock.now(), {}).ok());
    ASSERT_TRUE(recorder->completed(*ref, 1, 1, kClock.now() + std::chrono::milliseconds(5), Outcome::completed, 3, 90, "").ok());
    ASSERT_TRUE(recorder->refused(*ref, 1, facts().identity, facts().database, kClock.now(), ErrorKind::denied, {}).ok());
    ASSERT_TRUE(recorder->session_closed(1, kClock.now()).ok());
    ASSERT_TRUE(running.writer->flush().ok());
    usage::UsageQuery query;
    query.group_by = {usage::Dimension::tag};
    EXPECT_EQ(usage::to_csv(*store::AuditStore(*running.store).usage(query)),
              "tag,use,masked,statements,rows,values,bytes\r\npii,output,masked,1,3,3,90\r\n");
    recorder.reset();
    running.writer->stop();
  }
  const auto records = log_of(scratch.path());
  const auto completed = of_kind<audit::StatementCompleted>(records);
  ASSERT_EQ(completed.size(), 1u);
  EXPECT_EQ(completed[0].microseconds, 5000u);
  const auto& described = records.at(completed[0].described - 1);
  EXPECT_TRUE(std::holds_alternative<audit::StatementDescribed>(described.event));
  EXPECT_EQ(of_kind<audit::StatementRefused>(records).at(0).described, described.sequence);
  EXPECT_TRUE(std::holds_alternative<audit::GatewayStopped>(records.back().event));
  for (const auto& entry : std::filesystem::directory_iterator(scratch / "audit")) {
    EXPECT_FALSE(entry.path().string().ends_with(".journal")) << "an orderly stop leaves no journal";
  }
}

TEST(AuditWriter, AnOrderlyRestartSaysNothingOfACrash) {
  const test::ScratchDirectory scratch;
  for (int round = 0; round < 2; ++round) Running(scratch.path()).writer->stop();
  const auto records = log_of(scratch.path());
  EXPECT_EQ(of_kind<audit::GatewayStarted>(records).size(), 2u);
  EXPECT_TRUE(of_kind<audit::GatewayRestarted>(records).empty());
}

TEST(AuditWriter, AStatementThatNeverEndedIsEndedWithItsSession) {
  const test::ScratchDirectory scratch;
  {
    Running running(scratch.path());
    auto recorder = std::move(running.writer->make_recorder()).value();
    const auto ref = recorder->describe(facts());
    ASSERT_TRUE(recorder->admitted(*ref, 1, 1, kClock.now(), {}).ok());
    ASSERT_TRUE(recorder->session_closed(1, kClock.now()).ok());
    recorder.reset();
  }
  const auto completed = of_kind<audit::StatementCompleted>(log_of(scratch.path()));
  ASSERT_EQ(completed.size(), 1u);
  EXPECT_EQ(completed[0].outcome, Outcome::unknown);
}

TEST(AuditWriter, FilesFollowEachOtherAndTheLogGoesOn) {
  const test::ScratchDirectory scratch;
  for (int round = 0; round < 3; ++round) {
    Running running(scratch.path(), 1 << 20, 2000);
    auto recorder = std::move(running.writer->make_recorder()).value();
    const auto ref = recorder->describe(facts());
    for (std::uint64_t i = 1; i <= 30; ++i) {
      ASSERT_TRUE(recorder->admitted(*ref, 1, i, kClock.now(), {}).ok());
      ASSERT_TRUE(running.writer->flush().ok());
      ASSERT_TRUE(recorder->completed(*ref, 1, i, kClock.now(), Outcome::completed, 1, 1, "").ok());
    }
    recorder.reset();
    running.writer->stop();
    EXPECT_EQ(running.statements(), 30u * static_cast<std::uint64_t>(round + 1));
  }
  EXPECT_EQ(of_kind<audit::StatementCompleted>(log_of(scratch.path())).size(), 90u);
  EXPECT_GT(store::list_segments(scratch / "audit")->size(), 5u);
}

/// Records statements until it is killed; tells the parent of each record that was acknowledged.
[[noreturn]] void record_until_killed(const std::string& directory, std::uint64_t first, int pipe_end) {
  Running running(directory, 64 << 10, 20'000);
  auto recorder = std::move(running.writer->make_recorder()).value();
  for (std::uint64_t i = first;; ++i) {
    const auto ref = i % 10 == 0 || i == first ? recorder->describe(facts()) : Result<FactsRef>(FactsRef{0});
    static FactsRef last = 0;
    if (ref.ok() && *ref != 0) last = *ref;
    if (!recorder->admitted(last, 1, i, kClock.now(), {}).ok()) {
      std::this_thread::yield();
      --i;
      continue;
    }
    const std::uint64_t admitted = i * 2;
    if (::write(pipe_end, &admitted, sizeof admitted) != sizeof admitted) ::_exit(1);
    if (!recorder->completed(last, 1, i, kClock.now(), Outcome::completed, 1, 1, "").ok()) ::_exit(2);
    const std::uint64_t completed = i * 2 + 1;
    if (::write(pipe_end, &completed, sizeof completed) != sizeof completed) ::_exit(1);
  }
}

TEST(AuditWriter, AfterBeingKilledEveryAcknowledgedRecordIsInTheLogExactlyOnce) {
  const test::ScratchDirectory scratch;
  std::set<std::uint64_t> admitted;
  std::set<std::uint64_t> completed;
  for (std::uint64_t round = 0; round < 6; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) record_until_killed(scratch.path(), 1 + round * 1'000'000, pipe_ends[1]);
    ::close(pipe_ends[1]);
    std::uint64_t number = 0;
    const auto note = [&] { (number % 2 == 0 ? admitted : completed).insert(number / 2); };
    for (std::uint64_t i = 0; i < 30 + 400 * round && ::read(pipe_ends[0], &number, sizeof number) == sizeof number; ++i) note();
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    while (::read(pipe_ends[0], &number, sizeof number) == sizeof number) note();
    ::close(pipe_ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
  }
  ASSERT_GT(completed.size(), 100u);
  std::uint64_t counted = 0;
  {
    Running running(scratch.path());
    running.writer->stop();
    counted = running.statements();
  }
  const auto records = log_of(scratch.path());
  std::map<std::uint64_t, int> admitted_in_log;
  std::map<std::uint64_t, int> completed_in_log;
  for (const auto& event : of_kind<audit::StatementAdmitted>(records)) ++admitted_in_log[event.statement];
  std::uint64_t unknown = 0;
  for (const auto& event : of_kind<audit::StatementCompleted>(records)) {
    ++completed_in_log[event.statement];
    if (event.outcome == Outcome::unknown) ++unknown;
  }
  for (const std::uint64_t statement : admitted) EXPECT_EQ(admitted_in_log[statement], 1) << statement;
  for (const std::uint64_t statement : completed) EXPECT_EQ(completed_in_log[statement], 1) << statement;
  for (const auto& [statement, times] : admitted_in_log) EXPECT_EQ(times, 1) << statement;
  for (const auto& [statement, times] : admitted_in_log) EXPECT_EQ(completed_in_log[statement], 1) << "every beginning has an end";
  EXPECT_EQ(counted, completed_in_log.size()) << "each statement is counted exactly once";
  EXPECT_LE(unknown, 6u) << "only the one that was under way when it was killed";
  EXPECT_EQ(of_kind<audit::GatewayRestarted>(records).size(), 6u);
}

TEST(AuditWriter, WhileTheDiskIsFullNothingNewBeginsAndNothingIsLost) {
  const test::ScratchDirectory scratch;
  Running running(scratch.path(), 64 << 10);
  auto recorder = std::move(running.writer->make_recorder()).value();
  const auto ref = recorder->describe(facts());
  ASSERT_TRUE(running.writer->flush().ok());

  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit none{1, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &none);
  std::uint64_t begun = 0;
  while (recorder->admitted(*ref, 1, begun + 1, kClock.now(), {}).ok()) ++begun;
  for (std::uint64_t i = 1; i <= begun; ++i) {
    EXPECT_TRUE(recorder->completed(*ref, 1, i, kClock.now(), Outcome::completed, 1, 1, "").ok()) << "what has begun can always end";
  }
  EXPECT_EQ(running.writer->flush().error().kind, ErrorKind::audit_unavailable);
  EXPECT_FALSE(running.writer->writable());
  EXPECT_EQ(recorder->admitted(*ref, 1, begun + 1, kClock.now(), {}).error().kind, ErrorKind::audit_unavailable);
  ::setrlimit(RLIMIT_FSIZE, &before);

  test::TestLoop loop;
  EXPECT_TRUE(loop.result_of(recorder->wait_for_room()).ok());
  EXPECT_TRUE(recorder->admitted(*ref, 1, begun + 1, kClock.now(), {}).ok());
  EXPECT_TRUE(recorder->completed(*ref, 1, begun + 1, kClock.now(), Outcome::completed, 1, 1, "").ok());
  recorder.reset();
  running.writer->stop();
  EXPECT_EQ(of_kind<audit::StatementAdmitted>(log_of(scratch.path())).size(), begun + 1);
  EXPECT_EQ(running.statements(), begun + 1);
}

TEST(AuditWriter, ALostStoreIsCountedAnewFromTheLog) {
  const test::ScratchDirectory scratch;
  {
    Running running(scratch.path());
    auto recorder = std::move(running.writer->make_recorder()).value();
    const auto ref = recorder->describe(facts());
    ASSERT_TRUE(recorder->admitted(*ref, 1, 1, kClock.now(), {}).ok());
    ASSERT_TRUE(recorder->completed(*ref, 1, 1, kClock.now(), Outcome::completed, 2, 4, "").ok());
    recorder.reset();
  }
  std::filesystem::remove(scratch / "store.db");
  Running running(scratch.path());
  EXPECT_EQ(running.statements(), 1u);
}

TEST(AuditWriter, ALogThatIsShorterThanTheStoreKnowsIsRefused) {
  const test::ScratchDirectory scratch;
  Running(scratch.path()).writer->stop();
  std::filesystem::remove_all(scratch / "audit");
  const auto store = std::move(store::Store::open(scratch / "store.db")).value();
  AuditWriter::Settings settings;
  settings.directory = scratch / "audit";
  EXPECT_EQ(AuditWriter::start(settings, *store, kClock).error().kind, ErrorKind::audit_unavailable);
}

TEST(AuditWriter, RecordsOfTheStoreEnterTheLogExactlyOnce) {
  const test::ScratchDirectory scratch;
  for (int round = 0; round < 3; ++round) {
    Running running(scratch.path());
    ASSERT_TRUE(store::AuditStore(*running.store).enqueue(kClock.now(), audit::PolicyPublished{static_cast<std::uint64_t>(round), {}}).ok());
    running.writer->nudge();
    if (round != 1) {
      ASSERT_TRUE(running.writer->flush().ok());
    }
  }
  const auto published = of_kind<audit::PolicyPublished>(log_of(scratch.path()));
  ASSERT_EQ(published.size(), 3u);
  for (std::uint64_t i = 0; i < 3; ++i) EXPECT_EQ(published[i].version, i);
}

}  // namespace
}  // namespace sluice::control
