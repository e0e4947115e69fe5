#include "protocol/message_reader.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "protocol/statement_messages.h"

namespace sluice::protocol {
namespace {

std::string query(std::string_view text) {
  std::string bytes;
  QueryView{text}.encode(bytes);
  return bytes;
}

TEST(MessageBuffer, CutsMessagesInOrderAndKeepsTheirBytes) {
  MessageBuffer buffer(1000);
  buffer.append(query("SELECT 1") + query("SELECT 22"));
  const auto first = buffer.next();
  const auto second = buffer.next();
  ASSERT_TRUE(first.ok() && second.ok() && *first && *second);
  EXPECT_EQ((*first)->type, 'Q');
  EXPECT_EQ((*first)->whole, query("SELECT 1"));
  EXPECT_EQ((*first)->body, std::string_view("SELECT 1\0", 9));
  EXPECT_EQ((*second)->whole, query("SELECT 22"));
  ASSERT_TRUE(buffer.next().ok());
  EXPECT_FALSE(buffer.next()->has_value());
}

TEST(MessageBuffer, GivesTheSameMessagesHoweverTheInputIsChopped) {
  std::string stream;
  std::vector<std::string> expected;
  std::mt19937 random(7);
  for (int i = 0; i < 60; ++i) {
    expected.push_back(query(std::string(random() % 400, static_cast<char>('a' + i % 26))));
    stream += expected.back();
  }
  for (std::size_t chunk = 1; chunk < 300; chunk += chunk < 20 ? 1 : 37) {
    MessageBuffer buffer(1000, 64);
    std::vector<std::string> seen;
    for (std::size_t at = 0; at < stream.size(); at += chunk) {
      const std::string_view part = std::string_view(stream).substr(at, chunk);
      const std::span<char> free = buffer.prepare(part.size());
      ASSERT_GE(free.size(), part.size());
      std::copy(part.begin(), part.end(), free.begin());
      buffer.commit(part.size());
      for (;;) {
        const auto message = buffer.next();
        ASSERT_TRUE(message.ok());
        if (!message->has_value()) break;
        seen.emplace_back((*message)->whole);
      }
    }
    EXPECT_EQ(seen, expected) << "chunks of " << chunk;
    EXPECT_TRUE(buffer.unread().empty());
  }
}

TEST(MessageBuffer, RefusesALengthThatDoesNotCountItself) {
  for (const char length : {'\0', '\1', '\2', '\3'}) {
    MessageBuffer buffer(1000);
    buffer.append(std::string("Q\0\0\0", 4) + length);
    const auto message = buffer.next();
    ASSERT_FALSE(message.ok());
    EXPECT_EQ(message.error().kind, ErrorKind::protocol_violation);
  }
}

TEST(MessageBuffer, RefusesAMessageAboveTheLimitBeforeItsBytesCome) {
  MessageBuffer buffer(1000);
  buffer.append(std::string_view("Q\x7f\xff\xff\xff", 5));
  const auto message = buffer.next();
  ASSERT_FALSE(message.ok());
  EXPECT_EQ(message.error().kind, ErrorKind::message_too_large);
  EXPECT_LE(buffer.capacity(), 8192u);
}

TEST(MessageBuffer, TakesAMessageOfExactlyTheLimit) {
  const std::string bytes = query(std::string(94, 'x'));
  MessageBuffer exact(bytes.size());
  exact.append(bytes);
  EXPECT_TRUE(exact.next().ok());
  MessageBuffer below(bytes.size() - 1);
  below.append(bytes);
  EXPECT_FALSE(below.next().ok());
}

TEST(MessageBuffer, GoesBackToItsUsualSizeAfterABigMessage) {
  MessageBuffer buffer(1 << 20, 1024);
  buffer.append(query(std::string(500'000, 'x')));
  ASSERT_TRUE(buffer.next()->has_value());
  EXPECT_GT(buffer.capacity(), 500'000u);
  (void)buffer.prepare(100);
  EXPECT_EQ(buffer.capacity(), 1024u);
}

TEST(MessageBuffer, HoldsNoMemoryWhileIdle) {
  MessageBuffer buffer(1000);
  EXPECT_EQ(buffer.capacity(), 0u);
  buffer.append("Q");
  buffer.release();
  EXPECT_NE(buffer.capacity(), 0u) << "unread bytes must not be lost";
  EXPECT_EQ(buffer.take_unread(), "Q");
  buffer.release();
  EXPECT_EQ(buffer.capacity(), 0u);
}

TEST(MessageBuffer, CutsStartupPacketsAndKnowsWhatFollows) {
  const std::string packet("\0\0\0\x08\x04\xd2\x16\x2f", 8);
  MessageBuffer buffer(1000);
  buffer.append(packet.substr(0, 7));
  EXPECT_FALSE(buffer.next_startup()->has_value());
  buffer.append(packet.substr(7) + "stuffed");
  const auto body = buffer.next_startup();
  ASSERT_TRUE(body.ok() && *body);
  EXPECT_EQ(**body, packet.substr(4));
  EXPECT_EQ(buffer.unread(), "stuffed");
}

TEST(MessageBuffer, RefusesStartupPacketsOfImpossibleLength) {
  for (const std::string_view length :
       {std::string_view("\0\0\0\0", 4), std::string_view("\0\0\0\7", 4), std::string_view("\0\0\x27\x15", 4),
        std::string_view("\xff\xff\xff\xff", 4), std::string_view("GET ")}) {
    MessageBuffer buffer(1 << 20);
    buffer.append(length);
    EXPECT_FALSE(buffer.next_startup().ok());
  }
}

}  // namespace
}  // namespace sluice::protocol
