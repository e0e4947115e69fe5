// Anything may come over the wire. The first byte chooses the chunk size, the rest is the stream. Both
// cutters must see the same messages as a whole-buffer walk, and no decoder may crash.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/frame_walker.h"
#include "protocol/message_reader.h"
#include "protocol/startup_flow.h"
#include "protocol/trace.h"

namespace {

using namespace sluice::protocol;

constexpr std::size_t kLimit = 4096;

void require(bool condition) {
  if (!condition) std::abort();
}

/// The messages of a stream, up to the first error.
std::vector<std::string> cut(std::string_view stream, std::size_t chunk) {
  MessageBuffer buffer(kLimit, 64);
  std::vector<std::string> messages;
  for (std::size_t at = 0; at < stream.size(); at += chunk) {
    buffer.append(stream.substr(at, chunk));
    for (;;) {
      const auto message = buffer.next();
      if (!message.ok()) return messages;
      if (!message->has_value()) break;
      messages.emplace_back((*message)->whole);
      (void)trace_line(TraceSource::agent, **message, {.redact_values = false, .redact_statements = false});
      (void)trace_line(TraceSource::upstream, **message, {.redact_values = false, .redact_statements = false});
    }
  }
  return messages;
}

/// What a walker lets pass must be the stream itself, up to where it stops.
void walk(std::string_view stream, std::size_t chunk, std::uint64_t allowance) {
  FrameWalker walker(FrameWalker::Source::upstream, kLimit);
  std::string passed;
  for (std::size_t at = 0; at < stream.size(); at += chunk) {
    const std::string part(stream.substr(at, chunk));
    walker.feed(part);
    for (;;) {
      const auto frame = walker.next(allowance);
      if (!frame.ok()) return require(stream.starts_with(passed));
      if (frame->kind == Frame::Kind::need_bytes) break;
      require(frame->kind != Frame::Kind::held_back && !frame->bytes.empty() && frame->started <= allowance);
      passed.append(frame->bytes);
    }
  }
  require(stream.starts_with(passed));
  if (walker.at_boundary()) require(passed.size() == stream.size());
}

void start_up(std::string_view stream) {
  StartupRules rules;
  rules.mock_iterations = 1;
  StartupFlow flow(rules);
  MessageBuffer buffer(kLimit, 64);
  buffer.append(stream);
  StartupStep step = flow.start();
  for (;;) {
    switch (step.next) {
      case StartupStep::Next::read_packet: {
        if (buffer.unread().starts_with(kTlsHandshakeByte)) {
          step = flow.on_direct_tls();
          break;
        }
        const auto packet = buffer.next_startup();
        if (!packet.ok() || !packet->has_value()) return;
        (void)trace_startup_line(**packet, {});
        step = flow.on_packet(**packet, !buffer.unread().empty());
        break;
      }
      case StartupStep::Next::read_message: {
        const auto message = buffer.next();
        if (!message.ok() || !message->has_value()) return;
        step = flow.on_message(**message);
        break;
      }
      case StartupStep::Next::look_up_identity: step = flow.on_verifier(std::nullopt); break;
      case StartupStep::Next::upgrade_to_tls: step = flow.on_tls({}, kAlpnProtocol); break;
      case StartupStep::Next::authenticated: std::abort();  // nobody has a password here
      case StartupStep::Next::cancel:
      case StartupStep::Next::close: return;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const std::size_t chunk = bytes[0] % 17 + std::size_t{1};
  require(cut(stream, chunk) == cut(stream, stream.size()));
  walk(stream, chunk, FrameWalker::kUnlimited);
  walk(stream, stream.size(), bytes[0] / 64 + std::uint64_t{1});
  start_up(stream);
  return 0;
}
