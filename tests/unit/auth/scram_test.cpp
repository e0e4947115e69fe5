#include "auth/scram.h"

#include <gtest/gtest.h>

#include "auth/scram_text.h"

namespace sluice::auth {
namespace {

constexpr std::string_view kSalt = "W22ZaJ0SNY7soEsUEjb6gQ==";

std::string raw_salt() {
  std::string salt;
  EXPECT_TRUE(from_base64(kSalt, salt));
  return salt;
}

TEST(ScramVerifier, IsParsedAsItWasWritten) {
  const ScramVerifier verifier = make_verifier("pencil", raw_salt());
  const auto parsed = ScramVerifier::parse(verifier.to_text());
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(*parsed, verifier);
  // The StoredKey and ServerKey of RFC 7677's example.
  EXPECT_EQ(verifier.to_text(),
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
            "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
}

TEST(ScramVerifier, KnowsItsPassword) {
  const ScramVerifier verifier = make_verifier("pencil", raw_salt(), 7);
  EXPECT_TRUE(verifies(verifier, "pencil"));
  EXPECT_FALSE(verifies(verifier, "Pencil"));
  EXPECT_FALSE(verifies(verifier, ""));
}

TEST(ScramVerifier, RefusesWhatIsNotOne) {
  const std::string good = make_verifier("pencil", raw_salt(), 7).to_text();
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(ScramVerifier::parse(good.substr(0, size)).ok());
  for (const std::string_view text : {"md5abcdef", "SCRAM-SHA-1$1:AA==$AA==:AA==", "SCRAM-SHA-256$0:AA==$AA==:AA==", "pencil"}) {
    EXPECT_FALSE(ScramVerifier::parse(text).ok()) << text;
  }
  EXPECT_FALSE(ScramVerifier::parse(good + " ").ok());
  EXPECT_FALSE(ScramVerifier::parse("SCRAM-SHA-256$-7" + good.substr(15)).ok());
}

TEST(MockVerifier, IsTheSameForTheSameNameAlone) {
  EXPECT_EQ(mock_verifier("nobody", "installation secret"), mock_verifier("nobody", "installation secret"));
  EXPECT_NE(mock_verifier("nobody", "installation secret").salt, mock_verifier("noone", "installation secret").salt);
  EXPECT_NE(mock_verifier("nobody", "installation secret").salt, mock_verifier("nobody", "another secret").salt);
  EXPECT_EQ(mock_verifier("nobody", "s").salt.size(), kScramSaltBytes);
}

TEST(TakeAttribute, CutsOneAttributeAndItsComma) {
  std::string_view rest = "r=a=b,s=,i=1";
  EXPECT_EQ(take_attribute(rest, 'r'), "a=b");
  EXPECT_EQ(take_attribute(rest, 'i'), std::nullopt);
  EXPECT_EQ(take_attribute(rest, 's'), "");
  EXPECT_EQ(take_attribute(rest, 'i'), "1");
  EXPECT_EQ(take_attribute(rest, 'i'), std::nullopt);
}

}  // namespace
}  // namespace sluice::auth
