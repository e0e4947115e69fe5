#include "protocol/frame_walker.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "protocol/copy_messages.h"
#include "protocol/result_messages.h"
#include "protocol/session_messages.h"

namespace sluice::protocol {
namespace {

std::string raw_message(char type, std::string_view body) {
  std::string bytes;
  const std::size_t at = begin_message(bytes, type);
  bytes.append(body);
  end_message(bytes, at);
  return bytes;
}

/// What came out of a walk: all bytes in order, the rows that began, and the collected messages.
struct Walked {
  std::string bytes;
  std::uint64_t rows = 0;
  std::uint64_t copies = 0;
  std::vector<std::string> messages;
  friend bool operator==(const Walked&, const Walked&) = default;
};

Walked walk(const std::vector<std::string>& chunks, std::uint64_t step = FrameWalker::kUnlimited) {
  FrameWalker walker(FrameWalker::Source::upstream, 1 << 20);
  Walked walked;
  for (const std::string& chunk : chunks) {
    walker.feed(chunk);
    for (;;) {
      const auto frame = walker.next(step);
      EXPECT_TRUE(frame.ok());
      if (!frame.ok() || frame->kind == Frame::Kind::need_bytes) break;
      EXPECT_NE(frame->kind, Frame::Kind::held_back);
      EXPECT_LE(frame->started, step);
      walked.bytes.append(frame->bytes);
      if (frame->kind == Frame::Kind::message) {
        walked.messages.emplace_back(frame->bytes);
        EXPECT_EQ(frame->message().whole, frame->bytes);
        EXPECT_EQ(frame->message().type, frame->bytes.front());
      } else {
        (frame->type == 'D' ? walked.rows : walked.copies) += frame->started;
      }
    }
  }
  EXPECT_TRUE(walker.at_boundary());
  return walked;
}

std::vector<std::string> chop(const std::string& stream, std::size_t size) {
  std::vector<std::string> chunks;
  for (std::size_t at = 0; at < stream.size(); at += size) chunks.push_back(stream.substr(at, size));
  return chunks;
}

struct Stream {
  std::string bytes;
  Walked expected;
};

Stream random_stream(unsigned seed, int messages) {
  std::mt19937 random(seed);
  Stream stream;
  for (int i = 0; i < messages; ++i) {
    const char type = "DDDDDddCZ1ST"[random() % 12];
    const std::string message = raw_message(type, std::string(random() % 4 == 0 ? 0 : random() % 90, static_cast<char>(random())));
    stream.bytes += message;
    if (type == 'D') ++stream.expected.rows;
    if (type == 'd') ++stream.expected.copies;
    if (type != 'D' && type != 'd') stream.expected.messages.push_back(message);
  }
  stream.expected.bytes = stream.bytes;
  return stream;
}

TEST(FrameWalker, SeesTheSameStreamHoweverItIsChopped) {
  const Stream stream = random_stream(3, 120);
  for (std::size_t size = 1; size <= stream.bytes.size(); size += size < 40 ? 1 : 211) {
    EXPECT_EQ(walk(chop(stream.bytes, size)), stream.expected) << "chunks of " << size;
  }
}

TEST(FrameWalker, SeesTheSameStreamWithEveryCutInTwo) {
  const Stream stream = random_stream(4, 30);
  for (std::size_t cut = 0; cut <= stream.bytes.size(); ++cut) {
    EXPECT_EQ(walk({stream.bytes.substr(0, cut), stream.bytes.substr(cut)}), stream.expected) << "cut at " << cut;
  }
}

TEST(FrameWalker, StartsNoMoreRowsThanAllowed) {
  const Stream stream = random_stream(5, 100);
  for (const std::uint64_t step : {1, 2, 3, 7}) {
    for (const std::size_t size : {std::size_t{5}, std::size_t{64}, stream.bytes.size()}) {
      EXPECT_EQ(walk(chop(stream.bytes, size), step), stream.expected);
    }
  }
}

TEST(FrameWalker, HandsOutAWholeStretchOfRowsAsOneViewOfTheChunk) {
  std::string chunk;
  for (int i = 0; i < 1000; ++i) chunk += raw_message('D', std::string(40, 'x'));
  FrameWalker walker(FrameWalker::Source::upstream, 1000);
  walker.feed(chunk);
  const auto frame = walker.next();
  ASSERT_TRUE(frame.ok());
  EXPECT_EQ(frame->started, 1000u);
  EXPECT_EQ(frame->bytes.data(), chunk.data());
  EXPECT_EQ(frame->bytes.size(), chunk.size());
  EXPECT_EQ(walker.next()->kind, Frame::Kind::need_bytes);
}

TEST(FrameWalker, HoldsRowsBackWhenTheAllowanceIsSpent) {
  const std::string row = raw_message('D', "abcdef");
  FrameWalker walker(FrameWalker::Source::upstream, 1000);
  const std::string chunk = row + row.substr(0, 4);
  walker.feed(chunk);
  EXPECT_EQ(walker.next(1)->bytes, row);
  EXPECT_EQ(walker.next(0)->kind, Frame::Kind::held_back);
  EXPECT_FALSE(walker.inside_bulk());
  EXPECT_EQ(walker.next(1)->bytes, row.substr(0, 4));
  EXPECT_TRUE(walker.inside_bulk());
  const std::string rest = row.substr(4) + row;
  walker.feed(rest);
  EXPECT_EQ(walker.next(0)->bytes, row.substr(4)) << "a row that has begun must be finished";
  EXPECT_EQ(walker.next(0)->kind, Frame::Kind::held_back);
  EXPECT_EQ(walker.take_rest(), row);
}

TEST(FrameWalker, PassesARowOfAnySizeWithoutHoldingIt) {
  const std::string row = raw_message('D', std::string(5'000'000, 'r'));
  FrameWalker walker(FrameWalker::Source::upstream, 100);
  std::uint64_t started = 0;
  std::string seen;
  for (const std::string& chunk : chop(row, 65536)) {
    walker.feed(chunk);
    const auto frame = walker.next();
    ASSERT_TRUE(frame.ok());
    EXPECT_EQ(frame->bytes.data(), chunk.data());
    started += frame->started;
    seen += frame->bytes;
  }
  EXPECT_EQ(started, 1u);
  EXPECT_EQ(seen, row);
}

TEST(FrameWalker, LetsNoByteOfAnUnfinishedMessagePass) {
  const std::string error = raw_message('E', "SERROR\0\0");
  FrameWalker walker(FrameWalker::Source::upstream, 1000);
  for (std::size_t i = 0; i + 1 < error.size(); ++i) {
    const std::string byte = error.substr(i, 1);
    walker.feed(byte);
    EXPECT_EQ(walker.next()->kind, Frame::Kind::need_bytes);
    EXPECT_FALSE(walker.at_boundary());
  }
  const std::string last = error.substr(error.size() - 1);
  walker.feed(last);
  EXPECT_EQ(walker.next()->bytes, error);
}

TEST(FrameWalker, TakesDescribeFromTheAgentForAMessage) {
  const std::string chunk = raw_message('d', "1\n") + raw_message('D', std::string("S\0", 2));
  FrameWalker walker(FrameWalker::Source::agent, 1000);
  walker.feed(chunk);
  EXPECT_EQ(walker.next()->kind, Frame::Kind::bulk);
  EXPECT_EQ(walker.next()->kind, Frame::Kind::message);
}

TEST(FrameWalker, RefusesImpossibleLengths) {
  for (const std::string_view header : {std::string_view("D\0\0\0\3", 5), std::string_view("C\0\0\0\0", 5),
                                        std::string_view("D\x80\0\0\0", 5), std::string_view("C\xff\xff\xff\xff", 5)}) {
    for (std::size_t cut = 0; cut < header.size(); ++cut) {
      FrameWalker walker(FrameWalker::Source::upstream, 1000);
      walker.feed(header.substr(0, cut));
      while (true) {
        const auto frame = walker.next();
        ASSERT_TRUE(frame.ok());
        if (frame->kind == Frame::Kind::need_bytes) break;
      }
      walker.feed(header.substr(cut));
      EXPECT_FALSE(walker.next().ok());
    }
  }
}

TEST(FrameWalker, RefusesToCollectAboveItsLimit) {
  FrameWalker walker(FrameWalker::Source::upstream, 1000);
  walker.feed(std::string_view("E\0\1\0\0", 5));
  const auto frame = walker.next();
  ASSERT_FALSE(frame.ok());
  EXPECT_EQ(frame.error().kind, ErrorKind::message_too_large);
}

}  // namespace
}  // namespace sluice::protocol
