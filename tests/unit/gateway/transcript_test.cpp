#include <gtest/gtest.h>

#include <algorithm>
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

TEST_P(Transcript, PlaysTheSameWhenTheUpstreamsBytesComeOneByOne) { test::SessionStage(0, 1).play(content_of(GetParam())); }

void expect_all_recorded(const test::SessionStage& stage) {
  if (stage.recorder.broken_) return;
  const auto count = [&](std::string_view beginning) {
    return std::count_if(stage.recorder.lines_.begin(), stage.recorder.lines_.end(), [&](const std::string& line) { return line.starts_with(beginning); });
  };
  EXPECT_EQ(count("admitted"), count("ended"));
  EXPECT_EQ(stage.recorder.lines_.back(), "closed");
}

// Either stream ends inside a message: at each byte of a short one; of a longer one in its header, in its middle and at its last byte.
TEST_P(Transcript, EndsWithAllRecordedAtWhateverByteAStreamIsCut) {
  const std::string transcript = content_of(GetParam());
  for (std::size_t step = 0; step < test::SessionStage::steps_of(transcript); ++step) {
    const std::size_t size = test::SessionStage::bytes_of(transcript, step);
    for (std::size_t bytes = 0; bytes < size; ++bytes) {
      if (size > 16 && bytes > 6 && bytes != size / 2 && bytes != size - 1) continue;
      SCOPED_TRACE("step " + std::to_string(step) + ", byte " + std::to_string(bytes));
      test::SessionStage stage;
      stage.play_and_cut(transcript, step, bytes);
      expect_all_recorded(stage);
    }
  }
}

// Whatever is lost in the middle: the session ends, and each statement that went upstream has its end in the log.
TEST_P(Transcript, EndsWithAllRecordedWhereverTheConnectionsBreak) {
  const std::string transcript = content_of(GetParam());
  for (std::size_t steps = 0; steps <= test::SessionStage::steps_of(transcript); ++steps) {
    SCOPED_TRACE(steps);
    test::SessionStage stage;
    stage.play_and_break(transcript, steps);
    expect_all_recorded(stage);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Transcript, ::testing::ValuesIn(transcripts()),
                         [](const auto& transcript) { return transcript.param.stem().string(); });

}  // namespace
}  // namespace sluice::gateway
