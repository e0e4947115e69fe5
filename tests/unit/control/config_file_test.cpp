#include "control/config_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace sluice::control {
namespace {

class ConfigFile : public testing::Test {
 protected:
  ConfigFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sluice_config_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~ConfigFile() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text, mode_t mode) const {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }

  std::string folder_;
};

TEST_F(ConfigFile, ReadsASecretThatOnlyItsOwnerAndGroupMayRead) {
  EXPECT_EQ(*read_secret_file(write("a", "secret\n", 0600)), "secret\n");
  EXPECT_EQ(*read_secret_file(write("b", "secret", 0640)), "secret");
}

TEST_F(ConfigFile, RefusesASecretThatEverybodyMayReadOrWrite) {
  for (const mode_t mode : {0644, 0604, 0602}) {
    const auto secret = read_secret_file(write("open" + std::to_string(mode), "secret", mode));
    ASSERT_FALSE(secret.ok());
    EXPECT_EQ(secret.error().message.find("secret\n"), std::string::npos);
    EXPECT_NE(secret.error().message.find("chmod 600"), std::string::npos);
  }
}

TEST_F(ConfigFile, RefusesWhatIsNoFileOrTooLarge) {
  EXPECT_FALSE(read_secret_file(folder_ + "/missing").ok());
  EXPECT_FALSE(read_secret_file(folder_).ok());
  EXPECT_FALSE(read_secret_file(write("large", std::string((1u << 20) + 1, 'x'), 0600)).ok());
  ASSERT_EQ(::mkfifo((folder_ + "/pipe").c_str(), 0600), 0);
  EXPECT_FALSE(read_secret_file(folder_ + "/pipe").ok()) << "and does not wait for a writer";
}

TEST_F(ConfigFile, AMissingConfigurationIsOneFinding) {
  const config::Decoded decoded = read_config(folder_ + "/sluice.yaml");
  EXPECT_FALSE(decoded.config);
  ASSERT_EQ(decoded.findings.size(), 1u);
  EXPECT_TRUE(decoded.findings[0].where.ends_with("sluice.yaml:1:1"));
}

}  // namespace
}  // namespace sluice::control
