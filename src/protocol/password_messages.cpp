#include "protocol/password_messages.h"

#include "base/bytes.h"
#include "protocol/wire.h"

namespace sluice::protocol {

Result<PasswordMessage> PasswordMessage::decode(std::string_view body) {
  ByteReader reader(body);
  PasswordMessage message{std::string(reader.c_string())};
  if (!reader.finished()) return malformed("PasswordMessage");
  return message;
}

void PasswordMessage::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_c_string(out, password);
  end_message(out, start);
}

Result<SASLInitialResponse> SASLInitialResponse::decode(std::string_view body) {
  ByteReader reader(body);
  SASLInitialResponse message;
  message.mechanism = reader.c_string();
  const std::int32_t length = reader.i32();
  if (length < -1) return malformed("SASLInitialResponse");
  if (length >= 0) message.response = std::string(reader.bytes(static_cast<std::size_t>(length)));
  if (!reader.finished()) return malformed("SASLInitialResponse");
  return message;
}

void SASLInitialResponse::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_c_string(out, mechanism);
  append_u32(out, response ? static_cast<std::uint32_t>(response->size()) : 0xffffffffU);
  if (response) out.append(*response);
  end_message(out, start);
}

Result<SASLResponse> SASLResponse::decode(std::string_view body) { return SASLResponse{std::string(body)}; }

void SASLResponse::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  out.append(response);
  end_message(out, start);
}

}  // namespace sluice::protocol
