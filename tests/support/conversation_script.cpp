#include "support/conversation_script.h"

#include <algorithm>

namespace sluice::test {
namespace {

std::string joined(const std::vector<std::string>& writes) {
  std::string bytes;
  for (const std::string& write : writes) bytes += write;
  return bytes;
}

std::string checked_writes(ConversationPartner& partner) {
  const std::vector<std::string> writes = partner.take_writes();
  for (const std::string& write : writes) EXPECT_TRUE(partner.legal(write)) << testing::PrintToString(write);
  return joined(writes);
}

}  // namespace

void ConversationScript::plays(const MakePartner& make) const { run(make, std::string::npos, true); }
void ConversationScript::fails(const MakePartner& make) const { run(make, std::string::npos, false); }

void ConversationScript::run(const MakePartner& make, std::size_t chunk, bool expect_success) const {
  const auto partner = make();
  EXPECT_EQ(checked_writes(*partner), first_write_) << "at the beginning";
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    ASSERT_FALSE(partner->over()) << "before step " << i;
    const std::string_view bytes = steps_[i].bytes;
    for (std::size_t at = 0; at < bytes.size(); at += std::min(chunk, bytes.size())) partner->read(bytes.substr(at, chunk));
    EXPECT_EQ(checked_writes(*partner), steps_[i].answer) << "answer to step " << i;
  }
  EXPECT_TRUE(partner->over());
  EXPECT_EQ(partner->succeeded(), expect_success);
}

void ConversationScript::end_after(const MakePartner& make, std::size_t bytes) const {
  const auto partner = make();
  std::string written = checked_writes(*partner);
  std::string whole = first_write_;
  for (const Step& step : steps_) {
    const std::string_view part = std::string_view(step.bytes).substr(0, bytes);
    if (!part.empty() && !partner->over()) partner->read(part);
    bytes -= part.size();
    written += checked_writes(*partner);
    whole += step.answer;
  }
  EXPECT_FALSE(partner->succeeded());
  EXPECT_TRUE(whole.starts_with(written)) << "it wrote something else because the peer went silent";
}

bool ConversationScript::replace(const MakePartner& make, std::size_t step, const std::string& instead, bool go_on) const {
  const auto partner = make();
  for (std::size_t i = 0; i < step && !partner->over(); ++i) partner->read(steps_[i].bytes);
  if (!partner->over()) partner->read(instead);
  for (std::size_t i = step + 1; go_on && i < steps_.size() && !partner->over(); ++i) partner->read(steps_[i].bytes);
  (void)checked_writes(*partner);
  return partner->succeeded();
}

void ConversationScript::survives_sweep(const MakePartner& make, std::size_t harmless) const {
  std::size_t total = 0;
  for (const Step& step : steps_) total += step.bytes.size();
  for (const std::size_t chunk : {1, 2, 3, 5, 7, 11}) run(make, chunk, true);
  for (std::size_t bytes = 0; bytes < total; ++bytes) end_after(make, bytes);

  std::size_t passed = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const std::string& good = steps_[i].bytes;
    for (std::size_t at = 0; at < good.size(); ++at, ++passed) {
      for (const int flip : {0x01, 0x20, 0x80, 0xff}) {
        std::string damaged = good;
        damaged[at] = static_cast<char>(damaged[at] ^ flip);
        const bool succeeded = replace(make, i, damaged, true);
        EXPECT_TRUE(!succeeded || passed < harmless) << "step " << i << ", byte " << at << " damaged, and nobody noticed";
      }
    }
    for (const std::string& instead :
         {std::string(), std::string(64, '\0'), std::string(64, '\xff'), std::string("X\0\0\0\4", 5), std::string("GET / HTTP/1.1\r\n\r\n"),
          std::string("Z\0\0\0\5I", 6), std::string("R\0\0\0\10\0\0\0\0", 9), std::string("E\0\0\0\5\0", 6), good + good}) {
      if (instead == good + good && i + 1 == steps_.size()) continue;  // bytes behind the end are another matter
      EXPECT_FALSE(replace(make, i, instead, false)) << "step " << i << " replaced by " << testing::PrintToString(instead);
    }
  }
}

}  // namespace sluice::test
