#include "net/url_call.h"

#include <gtest/gtest.h>

namespace sluice::net {
namespace {

TEST(Url, IsTakenApart) {
  const auto url = parse_url("https://Hooks.Example.com:8443/a%20b?x=1&y=");
  ASSERT_TRUE(url.ok());
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "hooks.example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/a b");
  EXPECT_EQ(url->query, (std::vector<HttpField>{{"x", "1"}, {"y", ""}}));
  EXPECT_EQ(authority_of(*url), "hooks.example.com:8443");
  const auto six = parse_url("http://[::1]:81");
  ASSERT_TRUE(six.ok());
  EXPECT_EQ(six->host, "::1");
  EXPECT_EQ(six->port, 81);
  EXPECT_EQ(six->path, "/");
  EXPECT_EQ(authority_of(*six), "[::1]:81");
  const auto bare = parse_url("https://example.com?a=b");
  ASSERT_TRUE(bare.ok());
  EXPECT_EQ(bare->query.size(), 1u);
}

TEST(Url, WhatIsNoUrlIsRefused) {
  for (const char* text : {"", "ftp://x/", "https://", "https:///x", "https://user@host/", "https://host:0/", "https://host:99999/", "https://host:x/",
                           "https://[::1/", "https://::1/", "https://[host]/", "https://ho st/", "https://host/#part", "https://host/%zz"}) {
    EXPECT_FALSE(parse_url(text).ok()) << text;
  }
}

TEST(PublicAddress, SpecialOnesAreNot) {
  for (const char* text : {"127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
                           "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "2001:db8::1",
                           "not an address"}) {
    EXPECT_FALSE(is_public_address(text)) << text;
  }
  for (const char* text : {"8.8.8.8", "172.32.0.1", "2606:4700::1", "::ffff:8.8.8.8"}) EXPECT_TRUE(is_public_address(text)) << text;
}

}  // namespace
}  // namespace sluice::net
