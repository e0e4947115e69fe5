#include "store/audit_log.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <fstream>

#include "store/audit_files.h"
#include "support/scratch_directory.h"

namespace sluice::store {
namespace {

const Timestamp kNow{std::chrono::seconds(1'763'760'000)};

/// What the audit thread does, in short.
struct Writing {
  explicit Writing(AuditLog::Opened opened) : log(std::move(opened.log)), state(std::move(opened.state)), chain(opened.head) {}

  void add(audit::Event event) {
    if (lines.empty() && log->needs_segment()) {
      audit::Record checkpoint{0, kNow, {}, state.checkpoint(chain.head().digest)};
      chain.append(lines, checkpoint);
      segment = checkpoint.sequence;
    }
    audit::Record record{0, kNow, {"0123456789abcd", ++number}, std::move(event)};
    chain.append(lines, record);
    state.apply(record);
  }
  Status write() {
    if (segment != 0) SLUICE_CHECK(log->begin_segment(segment));
    segment = 0;
    SLUICE_CHECK(log->append(lines, chain.head()));
    lines.clear();
    return Done{};
  }

  std::unique_ptr<AuditLog> log;
  audit::LogState state;
  audit::Chain chain;
  std::string lines;
  std::uint64_t segment = 0;
  std::uint64_t number = 0;
};

Writing open_log(const std::string& directory, std::uint64_t segment_bytes = 1 << 20) {
  auto opened = AuditLog::open(directory, {segment_bytes});
  EXPECT_TRUE(opened.ok()) << opened.error().message;
  return Writing(std::move(opened).value());
}

void fill(const std::string& directory, int records, std::uint64_t segment_bytes) {
  Writing writing = open_log(directory, segment_bytes);
  for (int i = 0; i < records; ++i) {
    writing.add(audit::SessionClosed{static_cast<std::uint64_t>(i)});
    ASSERT_TRUE(writing.write().ok());
  }
}

std::vector<Segment> segments_of(const std::string& directory) { return std::move(list_segments(directory)).value(); }

Verification verify(const std::string& directory) { return std::move(verify_directory(directory, std::nullopt)).value(); }

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
void replace(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes; }

TEST(AuditLog, WhatWasWrittenVerifiesOverSeveralFiles) {
  const test::ScratchDirectory scratch;
  fill(scratch.path(), 20, 1000);
  EXPECT_GT(segments_of(scratch.path()).size(), 3u);
  const Verification verification = verify(scratch.path());
  EXPECT_FALSE(verification.fault) << verification.fault->what;
  EXPECT_GT(verification.records, 20u);
}

TEST(AuditLog, GoesOnWhereItEnded) {
  const test::ScratchDirectory scratch;
  for (int round = 0; round < 3; ++round) fill(scratch.path(), 5, 1000);
  EXPECT_FALSE(verify(scratch.path()).fault);
}

TEST(AuditLog, AnyFlippedByteOfAnyFileIsFound) {
  const test::ScratchDirectory scratch;
  fill(scratch.path(), 6, 700);
  std::vector<std::string> paths{head_path(scratch.path())};
  for (const Segment& segment : segments_of(scratch.path())) paths.push_back(segment.path);
  ASSERT_GE(paths.size(), 3u);
  for (const std::string& path : paths) {
    const std::string whole = content(path);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      std::string changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      replace(path, changed);
      ASSERT_TRUE(verify(scratch.path()).fault) << path << " " << i;
    }
    replace(path, whole);
  }
  EXPECT_FALSE(verify(scratch.path()).fault);
}

TEST(AuditLog, WhatWasCutOffIsFoundAnywhere) {
  const test::ScratchDirectory scratch;
  fill(scratch.path(), 6, 700);
  const auto segments = segments_of(scratch.path());
  for (const Segment& segment : segments) {
    const std::string whole = content(segment.path);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      replace(segment.path, whole.substr(0, size));
      ASSERT_TRUE(verify(scratch.path()).fault) << segment.path << " " << size;
    }
    std::filesystem::remove(segment.path);
    ASSERT_TRUE(verify(scratch.path()).fault) << segment.path;
    replace(segment.path, whole);
  }
  std::filesystem::remove(head_path(scratch.path()));
  EXPECT_TRUE(verify(scratch.path()).fault);
}

TEST(AuditLog, AnAnchorKeptElsewhereShowsALogThatWasMadeAnew) {
  const test::ScratchDirectory scratch;
  fill(scratch.path(), 5, 1 << 20);
  const audit::ChainHead anchor = verify(scratch.path()).head;
  EXPECT_FALSE(verify_directory(scratch.path(), anchor)->fault);
  for (const auto& entry : std::filesystem::directory_iterator(scratch.path())) std::filesystem::remove(entry);
  fill(scratch.path(), 4, 1 << 20);
  EXPECT_FALSE(verify(scratch.path()).fault);
  EXPECT_TRUE(verify_directory(scratch.path(), anchor)->fault);
  fill(scratch.path(), 5, 1 << 20);
  EXPECT_TRUE(verify_directory(scratch.path(), audit::ChainHead{anchor.sequence, sha256("x")})->fault);
}

TEST(AuditLog, ATornLastLineIsSetAsideAndKept) {
  const test::ScratchDirectory scratch;
  fill(scratch.path(), 3, 1 << 20);
  const std::string path = segments_of(scratch.path()).back().path;
  replace(path, content(path) + "{\"seq\":5,\"at\":\"2025-");
  {
    auto opened = AuditLog::open(scratch.path(), {});
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(opened->torn_bytes, 20u);
    EXPECT_EQ(content(scratch / "torn-5-0"), "{\"seq\":5,\"at\":\"2025-");
  }
  EXPECT_FALSE(verify(scratch.path()).fault);
}

TEST(AuditLog, AFileWithoutItsFirstRecordIsMadeAgain) {
  const test::ScratchDirectory scratch;
  fill(scratch.path(), 3, 1 << 20);
  std::ofstream(segment_path(scratch.path(), 5)).close();
  fill(scratch.path(), 3, 10);
  EXPECT_FALSE(verify(scratch.path()).fault);
}

TEST(AuditLog, RefusesToGoOnAfterALogThatWasCutOrChanged) {
  const test::ScratchDirectory scratch;
  fill(scratch.path(), 4, 1 << 20);
  const std::string path = segments_of(scratch.path()).back().path;
  const std::string whole = content(path);
  replace(path, whole.substr(0, whole.rfind('\n', whole.size() - 2) + 1));
  EXPECT_EQ(AuditLog::open(scratch.path(), {}).error().kind, ErrorKind::audit_unavailable);
  std::string changed = whole;
  changed[changed.size() / 2] ^= 1;
  replace(path, changed);
  EXPECT_FALSE(AuditLog::open(scratch.path(), {}).ok());
  std::filesystem::remove(path);
  EXPECT_FALSE(AuditLog::open(scratch.path(), {}).ok());
  replace(path, whole);
  EXPECT_TRUE(AuditLog::open(scratch.path(), {}).ok());
  std::filesystem::remove(head_path(scratch.path()));
  EXPECT_FALSE(AuditLog::open(scratch.path(), {}).ok());
}

TEST(AuditLog, OneDirectoryBelongsToOneGateway) {
  const test::ScratchDirectory scratch;
  const auto first = AuditLog::open(scratch.path(), {});
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(AuditLog::open(scratch.path(), {}).error().kind, ErrorKind::audit_unavailable);
}

/// As a full disk: files cannot grow beyond `bytes`.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : before_signal_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, before_signal_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*before_signal_)(int);
};

TEST(AuditLog, AFullDiskFailsAndTheSameLinesGoInLater) {
  const test::ScratchDirectory scratch;
  Writing writing = open_log(scratch.path());
  writing.add(audit::SessionClosed{1});
  ASSERT_TRUE(writing.write().ok());
  const auto size = content(segments_of(scratch.path()).back().path).size();
  for (std::uint64_t i = 2; i < 10; ++i) writing.add(audit::SessionClosed{i});
  {
    const FullDisk full(size + 100);
    EXPECT_EQ(writing.write().error().kind, ErrorKind::audit_unavailable);
    EXPECT_EQ(content(segments_of(scratch.path()).back().path).size(), size);
    EXPECT_FALSE(writing.write().ok());
  }
  EXPECT_TRUE(writing.write().ok());
  EXPECT_FALSE(verify(scratch.path()).fault);
  EXPECT_EQ(verify(scratch.path()).records, 10u);
}

}  // namespace
}  // namespace sluice::store
