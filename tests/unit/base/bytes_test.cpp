#include "base/bytes.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(ByteReader, ReadsWhatWasAppended) {
  std::string bytes;
  append_u8(bytes, 0xfe);
  append_u16(bytes, 0x1234);
  append_u32(bytes, 0xdeadbeef);
  append_u64(bytes, 0x0102030405060708);
  bytes += std::string("name\0", 5);

  ByteReader reader(bytes);
  EXPECT_EQ(reader.u8(), 0xfe);
  EXPECT_EQ(reader.u16(), 0x1234);
  EXPECT_EQ(reader.u32(), 0xdeadbeefu);
  EXPECT_EQ(reader.u64(), 0x0102030405060708u);
  EXPECT_EQ(reader.c_string(), "name");
  EXPECT_TRUE(reader.finished());
}

TEST(ByteReader, StaysFailedAfterReadingPastTheEnd) {
  ByteReader reader(std::string_view("\x01\x02\x03", 3));
  EXPECT_EQ(reader.u32(), 0u);
  EXPECT_EQ(reader.u8(), 0u);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, RefusesAStringWithoutItsEnd) {
  ByteReader reader("name");
  EXPECT_EQ(reader.c_string(), "");
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace sluice
