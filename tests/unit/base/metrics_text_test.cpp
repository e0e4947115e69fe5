#include "base/metrics_text.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using Type = MetricsText::Type;

TEST(MetricsText, WritesFamiliesWithTheirSamples) {
  MetricsText text;
  text.family("sluice_sessions", Type::gauge, "Sessions by what they are doing.");
  text.sample({{"state", "idle"}}, std::uint64_t{3});
  text.sample({{"state", "held"}, {"other", "x"}}, std::uint64_t{0});
  text.single("sluice_rows_total", Type::counter, "Rows.", 18'000'000'000'000'000'000u);
  text.family("sluice_fill_ratio", Type::gauge, "Fill.");
  text.sample({}, 0.25);
  EXPECT_EQ(text.take(),
            "# HELP sluice_sessions Sessions by what they are doing.\n"
            "# TYPE sluice_sessions gauge\n"
            "sluice_sessions{state=\"idle\"} 3\n"
            "sluice_sessions{state=\"held\",other=\"x\"} 0\n"
            "# HELP sluice_rows_total Rows.\n"
            "# TYPE sluice_rows_total counter\n"
            "sluice_rows_total 18000000000000000000\n"
            "# HELP sluice_fill_ratio Fill.\n"
            "# TYPE sluice_fill_ratio gauge\n"
            "sluice_fill_ratio 0.25\n");
}

TEST(MetricsText, EscapesLabels) {
  MetricsText text;
  text.family("a", Type::gauge, "A.");
  text.sample({{"b", "c\"d\\e\nf"}}, std::uint64_t{1});
  EXPECT_EQ(text.take(), "# HELP a A.\n# TYPE a gauge\na{b=\"c\\\"d\\\\e\\nf\"} 1\n");
}

}  // namespace
}  // namespace sluice
