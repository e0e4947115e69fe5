#include "net/websocket_frames.h"

#include <gtest/gtest.h>

namespace sluice::net {
namespace {

using Op = WebSocketOpcode;

std::string server_frame(int first, const std::string& payload) {
  std::string frame(1, static_cast<char>(first));
  if (payload.size() < 126) {
    frame += static_cast<char>(payload.size());
  } else {
    frame += {static_cast<char>(126), static_cast<char>(payload.size() >> 8), static_cast<char>(payload.size() & 0xFF)};
  }
  return frame + payload;
}

ErrorKind refusal(const std::string& bytes) {
  WebSocketReader reader(1000);
  reader.add(bytes);
  for (;;) {
    const auto message = reader.next();
    if (!message.ok()) return message.error().kind;
    if (!*message) return ErrorKind::internal;
  }
}

TEST(WebSocketFrames, AcceptOfTheStandardsExample) { EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="); }

TEST(WebSocketFrames, MasksAsTheStandardsExample) {
  EXPECT_EQ(client_frame(Op::text, "Hello", {0x37, 0xfa, 0x21, 0x3d}), std::string("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 11));
  EXPECT_EQ(client_frame(Op::text, std::string(200, 'x'), {}).substr(0, 4), std::string("\x81\xFE\x00\xC8", 4));
  EXPECT_EQ(client_frame(Op::text, std::string(70'000, 'x'), {}).size(), 2u + 8 + 4 + 70'000);
}

TEST(WebSocketFrames, ReadsByteByByteWithControlFramesInBetween) {
  const std::string bytes = server_frame(0x01, "Hel") + server_frame(0x89, "p") + server_frame(0x80, "lo") + server_frame(0x81, std::string(300, 'y'));
  WebSocketReader reader(1000);
  std::vector<std::pair<Op, std::string>> seen;
  for (const char byte : bytes) {
    reader.add({&byte, 1});
    for (;;) {
      const auto message = reader.next();
      ASSERT_TRUE(message.ok());
      if (!*message) break;
      seen.emplace_back((*message)->opcode, (*message)->payload);
    }
  }
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0], std::pair(Op::ping, std::string("p")));
  EXPECT_EQ(seen[1], std::pair(Op::text, std::string("Hello")));
  EXPECT_EQ(seen[2].second.size(), 300u);
}

TEST(WebSocketFrames, RefusesWhatTheStandardForbids) {
  EXPECT_EQ(refusal(server_frame(0xC1, "x")), ErrorKind::protocol_violation);           // an extension
  EXPECT_EQ(refusal(server_frame(0x83, "x")), ErrorKind::protocol_violation);           // an unknown kind
  EXPECT_EQ(refusal(server_frame(0x09, "x")), ErrorKind::protocol_violation);           // a ping in parts
  EXPECT_EQ(refusal(server_frame(0x80, "x")), ErrorKind::protocol_violation);           // goes on with nothing
  EXPECT_EQ(refusal(server_frame(0x01, "x") + server_frame(0x81, "y")), ErrorKind::protocol_violation);
  EXPECT_EQ(refusal(server_frame(0x81, "\xFF")), ErrorKind::protocol_violation);        // no UTF-8
  EXPECT_EQ(refusal(std::string("\x81\x81" "abcdx")), ErrorKind::protocol_violation);   // masked
  EXPECT_EQ(refusal(std::string("\x81\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")), ErrorKind::message_too_large);
  std::string parts = server_frame(0x01, std::string(100, 'x'));
  for (int i = 0; i < 20; ++i) parts += server_frame(0x00, std::string(100, 'x'));
  EXPECT_EQ(refusal(parts), ErrorKind::message_too_large);
}

}  // namespace
}  // namespace sluice::net
