#pragma once

#include <functional>
#include <optional>
#include <string>

#include "protocol/message_reader.h"
#include "protocol/startup_flow.h"
#include "protocol/trace.h"
#include "support/conversation_script.h"

namespace sluice::test {

/// True if `bytes` is a row of whole messages that can all be decoded.
[[nodiscard]] inline bool all_legal(protocol::TraceSource source, std::string_view bytes) {
  protocol::MessageBuffer buffer(1 << 20);
  buffer.append(bytes);
  for (;;) {
    const auto message = buffer.next();
    if (!message.ok()) return false;
    if (!message->has_value()) return buffer.unread().empty();
    const std::string line = protocol::trace_line(source, **message);
    if (line.find("\tmalformed ") != std::string::npos || line.find("\tunknown ") != std::string::npos) return false;
  }
}

/// StartupFlow with the loop around it. TLS is played by doing nothing.
class StartupPartner : public ConversationPartner {
 public:
  using Lookup = std::function<std::optional<auth::ScramVerifier>(const std::string& user)>;

  StartupPartner(const protocol::StartupRules& rules, Lookup lookup, std::optional<std::string> channel_binding = {})
      : flow_(rules), lookup_(std::move(lookup)), channel_binding_(std::move(channel_binding)) {
    take(flow_.start());
  }

  void read(std::string_view bytes) override {
    buffer_.append(bytes);
    while (advance()) {
    }
  }
  [[nodiscard]] bool over() const override { return next_ == Next::authenticated || next_ == Next::cancel || next_ == Next::close; }
  [[nodiscard]] bool succeeded() const override { return next_ == Next::authenticated || next_ == Next::cancel; }
  [[nodiscard]] bool legal(const std::string& write) const override {
    return write == "S" || write == "N" || (write.starts_with('N') && all_legal(protocol::TraceSource::upstream, write.substr(1))) || write.starts_with("EFATAL:  unsupported frontend protocol") || all_legal(protocol::TraceSource::upstream, write);
  }
  [[nodiscard]] const protocol::StartupFlow& flow() const { return flow_; }

 private:
  using Next = protocol::StartupFlow::Next;

  void take(protocol::StartupStep step) {
    next_ = step.next;
    write(std::move(step.send));
  }

  /// One step; false: more bytes are needed, or it is over.
  bool advance() {
    switch (next_) {
      case Next::read_packet: {
        const auto packet = buffer_.next_startup();
        if (!packet.ok()) return take(flow_.on_failure(packet.error())), false;
        if (!packet->has_value()) return false;
        return take(flow_.on_packet(**packet, !buffer_.unread().empty())), true;
      }
      case Next::read_message: {
        const auto message = buffer_.next();
        if (!message.ok()) return take(flow_.on_failure(message.error())), false;
        if (!message->has_value()) return false;
        return take(flow_.on_message(**message)), true;
      }
      case Next::upgrade_to_tls: return take(flow_.on_tls(channel_binding_)), true;
      case Next::look_up_identity: return take(flow_.on_verifier(lookup_(flow_.user()))), true;
      case Next::authenticated:
      case Next::cancel:
      case Next::close: return false;
    }
    return false;
  }

  protocol::StartupFlow flow_;
  Lookup lookup_;
  std::optional<std::string> channel_binding_;
  protocol::MessageBuffer buffer_{protocol::kMaxLoginMessageBytes};
  Next next_ = Next::close;
};

}  // namespace sluice::test
