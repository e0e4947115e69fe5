#pragma once

#include <optional>
#include <string>

#include "protocol/login_flow.h"
#include "support/startup_partner.h"

namespace sluice::test {

/// LoginFlow with the loop around it. TLS is played by doing nothing.
class LoginPartner : public ConversationPartner {
 public:
  explicit LoginPartner(protocol::LoginRequest request, std::optional<std::string> channel_binding = {})
      : flow_(std::move(request)), channel_binding_(std::move(channel_binding)) {
    take(flow_.start());
  }

  void read(std::string_view bytes) override {
    buffer_.append(bytes);
    while (advance()) {
    }
  }
  [[nodiscard]] bool over() const override { return next_ == Next::ready || next_ == Next::failed; }
  [[nodiscard]] bool succeeded() const override { return next_ == Next::ready; }
  [[nodiscard]] bool legal(const std::string& write) const override {
    protocol::MessageBuffer packet(protocol::kMaxLoginMessageBytes);
    packet.append(write);
    const auto body = packet.next_startup();
    if (body.ok() && body->has_value()) return packet.unread().empty() && protocol::decode_startup_packet(**body).ok();
    return all_legal(protocol::TraceSource::agent, write);
  }
  [[nodiscard]] const protocol::LoginFlow& flow() const { return flow_; }

 private:
  using Next = protocol::LoginFlow::Next;

  void take(protocol::LoginStep step) {
    next_ = step.next;
    write(std::move(step.send));
  }

  /// One step; false: more bytes are needed, or it is over.
  bool advance() {
    switch (next_) {
      case Next::read_tls_answer: {
        const std::string_view bytes = buffer_.take_unread();
        if (bytes.empty()) return false;
        return take(flow_.on_tls_answer(bytes.front(), bytes.size() > 1)), true;
      }
      case Next::upgrade_to_tls: return take(flow_.on_tls(channel_binding_)), true;
      case Next::read_message: {
        const auto message = buffer_.next();
        if (!message.ok()) return next_ = Next::failed, false;
        if (!message->has_value()) return false;
        return take(flow_.on_message(**message)), true;
      }
      case Next::ready:
      case Next::failed: return false;
    }
    return false;
  }

  protocol::LoginFlow flow_;
  std::optional<std::string> channel_binding_;
  protocol::MessageBuffer buffer_{protocol::kMaxLoginMessageBytes};
  Next next_ = Next::failed;
};

}  // namespace sluice::test
