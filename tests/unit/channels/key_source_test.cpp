#include "channels/key_source.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "channels/service_url.h"
#include "support/test_loop.h"

namespace sluice::channels {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* kMetadata = "https://login.example/openid";
constexpr const char* kKeys = "https://login.example/keys";

/// Keys that are fit, under ids of one's own.
std::string key_set(const std::vector<std::string>& ids) {
  const json vectors = json::parse(std::ifstream(SLUICE_TESTS_DIR "/unit/auth/jwt_vectors.json"));
  json set{{"keys", json::array()}};
  for (const std::string& id : ids) {
    set["keys"].push_back(vectors["jwks"]["keys"][0]);
    set["keys"].back()["kid"] = id;
  }
  return set.dump();
}

std::string metadata(const json& changes = json::object()) {
  json text{{"issuer", "https://issuer.example"}, {"jwks_uri", kKeys}, {"id_token_signing_alg_values_supported", {"RS256"}}};
  text.update(changes);
  return text.dump();
}

class KeySourceTest : public testing::Test {
 protected:
  KeySource::Time at(std::chrono::seconds seconds) { return KeySource::Time(1000h + seconds); }
  bool knows(const std::string& id, std::chrono::seconds when) {
    const auto keys = loop_.result_of(source_.keys(id, at(when)));
    return keys.ok() && auth::key_of(**keys, id) != nullptr;
  }
  static net::awaitable<Result<std::string>> answer(KeySourceTest* self, std::string url) {
    ++self->fetches_;
    if (self->delay_ > 0ms) co_await net::sleep_until(std::chrono::steady_clock::now() + self->delay_);
    const auto found = self->pages_.find(url);
    if (found == self->pages_.end()) co_return make_error(ErrorKind::upstream_unavailable, "no answer");
    co_return found->second;
  }
  static net::awaitable<void> ask(KeySourceTest* self, int* answered) {
    const auto keys = co_await self->source_.keys("a", self->at(0s));
    EXPECT_TRUE(keys.ok());
    ++*answered;
  }

  test::TestLoop loop_;
  std::map<std::string, std::string> pages_{{kMetadata, metadata()}, {kKeys, key_set({"a"})}};
  int fetches_ = 0;
  std::chrono::milliseconds delay_{0};
  KeySource source_{kMetadata, "https://issuer.example", [this](std::string url) { return answer(this, std::move(url)); }};
};

TEST_F(KeySourceTest, FetchesOnceForADay) {
  EXPECT_TRUE(knows("a", 0s));
  EXPECT_TRUE(knows("a", 23h));
  EXPECT_EQ(fetches_, 2);
  EXPECT_TRUE(knows("a", 24h));
  EXPECT_EQ(fetches_, 4);
}

TEST_F(KeySourceTest, AnUnknownKeyIsLookedForOnceInAWhile) {
  EXPECT_TRUE(knows("a", 0s));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(knows("junk" + std::to_string(i), 10s));
  EXPECT_EQ(fetches_, 2) << "junk ids make us fetch nothing";
  pages_[kKeys] = key_set({"a", "b"});
  EXPECT_FALSE(knows("b", 59s));
  EXPECT_TRUE(knows("b", 61s));
  EXPECT_EQ(fetches_, 4);
}

TEST_F(KeySourceTest, YesterdaysKeysServeForADayMore) {
  EXPECT_TRUE(knows("a", 0s));
  pages_.clear();
  EXPECT_TRUE(knows("a", 30h));
  EXPECT_TRUE(knows("a", 47h));
  EXPECT_FALSE(knows("a", 48h));
  pages_ = {{kMetadata, metadata()}, {kKeys, key_set({"a"})}};
  EXPECT_TRUE(knows("a", 49h));
}

TEST_F(KeySourceTest, RefusesMetadataOfOthers) {
  for (const json& changes : {json{{"issuer", "https://issuer.example/"}}, json{{"issuer", 7}}, json{{"jwks_uri", "http://login.example/keys"}},
                              json{{"jwks_uri", nullptr}}, json{{"id_token_signing_alg_values_supported", {"HS256"}}}}) {
    pages_[kMetadata] = metadata(changes);
    KeySource source(kMetadata, "https://issuer.example", [this](std::string url) { return answer(this, std::move(url)); });
    EXPECT_FALSE(loop_.result_of(source.keys("a", at(0s))).ok()) << changes;
  }
  pages_[kMetadata] = "{";
  EXPECT_FALSE(knows("a", 0s));
  pages_[kMetadata] = metadata();
  EXPECT_FALSE(knows("a", 30s)) << "not so soon again";
  EXPECT_TRUE(knows("a", 61s));
  pages_[kKeys] = R"({"keys": []})";
  EXPECT_TRUE(knows("a", 25h)) << "an empty set replaces nothing";
}

TEST_F(KeySourceTest, ManyWhoAskAtOnceShareAFetch) {
  delay_ = 20ms;
  int answered = 0;
  for (int i = 0; i < 20; ++i) net::spawn(loop_.executor(), ask(this, &answered));
  for (int i = 0; i < 1000 && answered < 20; ++i) loop_.run(net::sleep_until(std::chrono::steady_clock::now() + 1ms));
  EXPECT_EQ(answered, 20);
  EXPECT_EQ(fetches_, 2);
}

TEST(ServiceUrl, IsOfNamedHostsAlone) {
  const std::set<std::string> hosts = {"smba.trafficmanager.net", "127.0.0.1:8443", "example.com"};
  for (const char* good : {"https://smba.trafficmanager.net/amer/", "https://SMBA.trafficmanager.net:443/x", "http://127.0.0.1:8443/", "https://127.0.0.1:8443"}) {
    EXPECT_TRUE(ServiceUrl::of(good, hosts).ok()) << good;
  }
  for (const char* bad : {"", "smba.trafficmanager.net", "http://smba.trafficmanager.net/", "http://example.com/", "https://evil.example/",
                          "https://smba.trafficmanager.net.evil.example/", "https://smba.trafficmanager.net@evil.example/", "https://evil.example/smba.trafficmanager.net",
                          "https://smba.trafficmanager.net:8443/", "https://127.0.0.1/", "https://smba.trafficmanager.net/?x=1", "https://smba.trafficmanager.net/?",
                          "https://smba.trafficmanager.net\\@evil.example/", "https://smba.trafficmanager.net%2eevil.example/", "file:///etc/passwd"}) {
    EXPECT_FALSE(ServiceUrl::of(bad, hosts).ok()) << bad;
  }
  EXPECT_EQ(ServiceUrl::of("https://smba.trafficmanager.net/amer//", hosts)->text(), "https://smba.trafficmanager.net/amer");
}

}  // namespace
}  // namespace sluice::channels
