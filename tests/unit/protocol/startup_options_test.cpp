#include "protocol/startup_options.h"

#include <gtest/gtest.h>

namespace sluice::protocol {
namespace {

TEST(StartupOptions, AreReadAsPostgreSQLReadsThem) {
  const auto settings = parse_startup_options(R"(  -c search_path=a,\ b -cwork_mem=4MB	--statement-timeout=5s -c some.var=a=b\\c --x= )");
  ASSERT_TRUE(settings.ok()) << settings.error().message;
  const StartupParameters expected = {
      {"search_path", "a, b"}, {"work_mem", "4MB"}, {"statement_timeout", "5s"}, {"some.var", R"(a=b\c)"}, {"x", ""}};
  EXPECT_EQ(*settings, expected);
  EXPECT_TRUE(parse_startup_options("")->empty());
}

TEST(StartupOptions, RefuseWhatIsNoSetting) {
  for (const std::string_view options : {"-c", "-c name", "-c =x", "--name", "-d 5", "name=value", "-", "--=x", "-c a=b x"}) {
    EXPECT_FALSE(parse_startup_options(options).ok()) << options;
  }
}

}  // namespace
}  // namespace sluice::protocol
