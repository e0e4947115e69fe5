#include "store/journal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "support/scratch_directory.h"

namespace sluice::store {
namespace {

constexpr const char* kId = "0123456789abcd";

std::string payload(std::uint64_t number) { return std::string(number % 97, static_cast<char>('a' + number % 26)); }

TEST(Journal, GivesRecordsBackInOrderAroundTheRing) {
  const test::ScratchDirectory scratch;
  auto journal = Journal::create(scratch / "j", kId, 4096);
  ASSERT_TRUE(journal.ok());
  std::uint64_t read = 0;
  for (std::uint64_t number = 1; number <= 5000; ++number) {
    ASSERT_EQ((*journal)->append(payload(number), 0), number);
    if (number % 20 != 0) continue;
    Journal::Entry entry;
    while ((*journal)->next(entry)) {
      ++read;
      ASSERT_EQ(entry.number, read);
      ASSERT_EQ(entry.record, payload(read));
    }
    (*journal)->release();
  }
  EXPECT_EQ(read, 5000u);
}

TEST(Journal, RefusesWhatDoesNotFitAndTakesItLater) {
  const test::ScratchDirectory scratch;
  auto journal = std::move(Journal::create(scratch / "j", kId, 4096)).value();
  std::uint64_t written = 0;
  while (journal->append("0123456789", 0) != 0) ++written;
  EXPECT_EQ(written, 4096 / Journal::footprint(10));
  Journal::Entry entry;
  ASSERT_TRUE(journal->next(entry));
  EXPECT_EQ(journal->append("0123456789", 0), 0u) << "read is not yet released";
  journal->release();
  EXPECT_EQ(journal->append("0123456789", 0), written + 1);
  EXPECT_EQ(journal->append(std::string(3000, 'x'), 0), 0u) << "never more than half of the ring";
}

TEST(Journal, LeavesTheSpareThatIsAskedFor) {
  const test::ScratchDirectory scratch;
  auto journal = std::move(Journal::create(scratch / "j", kId, 4096)).value();
  while (journal->append("0123456789", 1000) != 0) {
  }
  EXPECT_GE(journal->free_bytes(), 1000u);
  EXPECT_NE(journal->append("0123456789", 0), 0u);
}

TEST(Journal, RewindReadsAgainWhatWasNotReleased) {
  const test::ScratchDirectory scratch;
  auto journal = std::move(Journal::create(scratch / "j", kId, 4096)).value();
  ASSERT_EQ(journal->append("a", 0), 1u);
  ASSERT_EQ(journal->append("b", 0), 2u);
  Journal::Entry entry;
  ASSERT_TRUE(journal->next(entry));
  journal->release();
  ASSERT_TRUE(journal->next(entry));
  journal->rewind();
  ASSERT_TRUE(journal->next(entry));
  EXPECT_EQ(entry.record, "b");
}

TEST(Journal, HoldsEveryAcknowledgedRecordAfterTheProcessWasKilled) {
  const test::ScratchDirectory scratch;
  for (int round = 0; round < 8; ++round) {
    const std::string path = scratch / ("j" + std::to_string(round));
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto journal = Journal::create(path, kId, 1 << 20);
      for (std::uint64_t number = 1; journal.ok(); ++number) {
        if ((*journal)->append(payload(number), 0) == 0) break;
        if (::write(pipe_ends[1], &number, sizeof number) != sizeof number) break;
      }
      ::pause();
      ::_exit(0);
    }
    ::close(pipe_ends[1]);
    std::uint64_t acknowledged = 0;
    for (std::uint64_t number = 0; acknowledged < 50 + 700 * static_cast<std::uint64_t>(round);) {
      if (::read(pipe_ends[0], &number, sizeof number) != sizeof number) break;
      acknowledged = number;
    }
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    std::uint64_t number = 0;
    while (::read(pipe_ends[0], &number, sizeof number) == sizeof number) acknowledged = number;
    ::close(pipe_ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);

    auto journal = Journal::open(path);
    ASSERT_TRUE(journal.ok());
    EXPECT_EQ((*journal)->id(), kId);
    std::uint64_t read = 0;
    Journal::Entry entry;
    while ((*journal)->next(entry)) {
      ASSERT_EQ(entry.number, ++read);
      ASSERT_EQ(entry.record, payload(read));
    }
    EXPECT_FALSE((*journal)->damaged());
    EXPECT_GE(read, acknowledged);
    EXPECT_LE(read, acknowledged + 1);
  }
}

TEST(Journal, ATornRecordEndsTheReading) {
  const test::ScratchDirectory scratch;
  const std::string path = scratch / "j";
  {
    auto journal = std::move(Journal::create(path, kId, 4096)).value();
    for (int i = 0; i < 3; ++i) ASSERT_NE(journal->append("0123456789abcdef", 0), 0u);
  }
  // In the middle of the second record.
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(4096 + Journal::footprint(16) + 30));
  file.put('!');
  file.close();
  auto journal = std::move(Journal::open(path)).value();
  Journal::Entry entry;
  EXPECT_TRUE(journal->next(entry));
  EXPECT_FALSE(journal->next(entry));
  EXPECT_TRUE(journal->damaged());
}

TEST(Journal, AFileThatIsNoneIsRefused) {
  const test::ScratchDirectory scratch;
  std::ofstream(scratch / "empty").close();
  std::ofstream(scratch / "zeros") << std::string(8192, '\0');
  EXPECT_FALSE(Journal::open(scratch / "empty").ok());
  EXPECT_FALSE(Journal::open(scratch / "zeros").ok());
  EXPECT_FALSE(Journal::open(scratch / "missing").ok());
  auto first = Journal::create(scratch / "j", kId, 4096);
  EXPECT_TRUE(first.ok());
}

}  // namespace
}  // namespace sluice::store
