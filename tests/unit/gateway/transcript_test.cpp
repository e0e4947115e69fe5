#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/session_stage.h"

namespace sluice::gateway {
namespace {

std::vector<std::filesystem::path> transcripts() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(SLUICE_TESTS_DIR) / "transcripts")) {
    if (entry.path().extension() == ".trace") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string content_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class Transcript : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(Transcript, PlaysAsWritten) { test::SessionStage().play(content_of(GetParam())); }

TEST_P(Transcript, PlaysTheSameWhenTheAgentsBytesComeOneByOne) { test::SessionStage(1).play(content_of(GetParam())); }

// Whatever is lost in the middle: the session ends, and each statement that went upstream has its end in the log.
TEST_P(Transcript, EndsWithAllRecordedWhereverTheConnectionsBreak) {
  const std::string transcript = content_of(GetParam());
  for (std::size_t steps = 0; steps <= test::SessionStage::steps_of(transcript); ++steps) {
    SCOPED_TRACE(steps);
    test::SessionStage stage;
    stage.play_and_break(transcript, steps);
    if (stage.recorder.broken_) continue;
    std::size_t admitted = 0;
    std::size_t ended = 0;
    for (const std::string& line : stage.recorder.lines_) {
      admitted += line.starts_with("admitted") ? 1u : 0u;
      ended += line.starts_with("ended") ? 1u : 0u;
    }
    EXPECT_EQ(admitted, ended);
    EXPECT_EQ(stage.recorder.lines_.back(), "closed");
  }
}

INSTANTIATE_TEST_SUITE_P(All, Transcript, ::testing::ValuesIn(transcripts()),
                         [](const auto& transcript) { return transcript.param.stem().string(); });

}  // namespace
}  // namespace sluice::gateway
