// Tokens made by npm's `jose`, and attacks on them: tests/integration/teams/make_jwt_vectors.mjs wrote the vectors.
#include "auth/jwt.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "auth/base64url.h"

namespace sluice::auth {
namespace {

using nlohmann::json;

const json& vectors() {
  static const json read = json::parse(std::ifstream(SLUICE_TESTS_DIR "/unit/auth/jwt_vectors.json"));
  return read;
}

Timestamp now() { return Timestamp(std::chrono::seconds(vectors()["now"].get<std::int64_t>())); }

JwtRules rules() {
  return {vectors()["issuer"], vectors()["audience"], {JwtAlgorithm::rs256, JwtAlgorithm::ps256, JwtAlgorithm::es256, JwtAlgorithm::eddsa}};
}

Jwks keys() { return decode_jwks(vectors()["jwks"].dump()).value(); }

std::string token_named(const std::string& name) {
  for (const json& each : vectors()["cases"]) {
    if (each["name"] == name) return each["token"];
  }
  ADD_FAILURE() << "no vector " << name;
  return {};
}

/// Empty: accepted.
std::string judge(const std::string& token, const Jwks& known, const JwtRules& wanted, Timestamp at) {
  const auto decoded = UnverifiedJwt::decode(token);
  if (!decoded.ok()) {
    EXPECT_EQ(decoded.error().kind, ErrorKind::invalid_credentials);
    return decoded.error().message;
  }
  const auto verified = VerifiedJwt::verify(*decoded, known, wanted, at);
  if (verified.ok()) return {};
  EXPECT_EQ(verified.error().kind, ErrorKind::invalid_credentials);
  return verified.error().message;
}

TEST(Jwt, JudgesEveryVector) {
  const Jwks known = keys();
  EXPECT_GT(vectors()["cases"].size(), 60u);
  for (const json& each : vectors()["cases"]) {
    const std::string why = each["refused"];
    const std::string verdict = judge(each["token"], known, rules(), now());
    if (why.empty()) {
      EXPECT_EQ(verdict, "") << each["name"];
    } else {
      EXPECT_NE(verdict.find(why), std::string::npos) << each["name"] << ": " << verdict;
    }
  }
}

TEST(Jwt, GivesClaimsAndEndorsements) {
  const auto verified = VerifiedJwt::verify(UnverifiedJwt::decode(token_named("RS256")).value(), keys(), rules(), now());
  ASSERT_TRUE(verified.ok());
  EXPECT_EQ(verified->text("sub"), "someone");
  EXPECT_EQ(verified->text("exp"), "");
  EXPECT_EQ(verified->endorsements(), (std::set<std::string>{"msteams", "webchat"}));
}

TEST(Jwt, AlgorithmsAreThoseOfTheIssuer) {
  JwtRules only_rs256 = rules();
  only_rs256.algorithms = {JwtAlgorithm::rs256};
  EXPECT_EQ(judge(token_named("RS256"), keys(), only_rs256, now()), "");
  for (const char* name : {"PS256", "ES256", "EdDSA"}) {
    EXPECT_NE(judge(token_named(name), keys(), only_rs256, now()).find("not one of the issuer's"), std::string::npos) << name;
  }
}

TEST(Jwt, RulesWithoutIssuerOrAudienceBelieveNothing) {
  JwtRules none = rules();
  none.issuer.clear();
  EXPECT_NE(judge(token_named("no issuer"), keys(), none, now()), "");
  none = rules();
  none.audience.clear();
  EXPECT_NE(judge(token_named("RS256"), keys(), none, now()), "");
}

TEST(Jwt, EveryChangeOfACharacterIsNoticed) {
  const std::string good = token_named("ES256");
  const Jwks known = keys();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(judge(changed, known, rules(), now()), "") << i;
  }
}

TEST(Jwt, TypesAreNotMixedUp) {
  JwtRules access = rules();
  access.type = "at+jwt";
  EXPECT_EQ(judge(token_named("an access token"), keys(), access, now()), "");
  EXPECT_NE(judge(token_named("RS256"), keys(), access, now()), "");
  EXPECT_NE(judge(token_named("no typ"), keys(), access, now()), "");
}

TEST(Jwks, LeavesOutWhatItCannotUse) {
  std::set<std::string> ids;
  for (const Jwk& key : keys()) ids.insert(key.id);
  EXPECT_EQ(ids, (std::set<std::string>{"rsa", "rsa-pss", "rsa-3072", "ec", "ed"}));
  EXPECT_EQ(key_of(keys(), "rsa-pss")->algorithms, std::set<JwtAlgorithm>{JwtAlgorithm::ps256});
  EXPECT_EQ(key_of(keys(), "enc"), nullptr);
  EXPECT_EQ(key_of(keys(), ""), nullptr);
}

TEST(Jwks, RefusesWhatIsNoSet) {
  for (const char* text : {"", "[]", "{}", R"({"keys": {}})", R"({"keys": [], "keys": []})", "null", "\xff"}) EXPECT_FALSE(decode_jwks(text).ok()) << text;
  EXPECT_TRUE(decode_jwks(R"({"keys": []})").ok());
  json many{{"keys", json::array()}};
  for (int i = 0; i < 257; ++i) many["keys"].push_back({{"kid", std::to_string(i)}});
  EXPECT_FALSE(decode_jwks(many.dump()).ok());
}

TEST(Base64url, IsStrict) {
  EXPECT_EQ(from_base64url("").value(), "");
  EXPECT_EQ(from_base64url("Zg").value(), "f");
  EXPECT_EQ(from_base64url("Zm8").value(), "fo");
  EXPECT_EQ(from_base64url("_-8").value(), "\xff\xef");
  for (const char* text : {"Z", "Zh", "Zm9", "Zg==", "Z g", "+/8", "Zm9vZ", "Zg\n"}) EXPECT_FALSE(from_base64url(text).ok()) << text;
}

}  // namespace
}  // namespace sluice::auth
