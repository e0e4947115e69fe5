#include "protocol/startup_messages.h"

#include "base/bytes.h"
#include "protocol/wire.h"

namespace sluice::protocol {
namespace {

/// Writes the length of the packet that begins at `start` with four bytes of room for it.
void end_packet(std::string& out, std::size_t start) { end_message(out, start); }

std::size_t begin_packet(std::string& out, std::uint32_t code) {
  const std::size_t start = out.size();
  out.append(4, '\0');
  append_u32(out, code);
  return start;
}

template <class Request>
Result<Request> decode_request(std::string_view body, std::string_view name) {
  ByteReader reader(body);
  if (reader.u32() != Request::kCode || !reader.finished()) return malformed(name);
  return Request{};
}

}  // namespace

std::optional<std::string_view> StartupMessage::find(std::string_view name) const {
  std::optional<std::string_view> found;
  for (const auto& [key, value] : parameters) {
    if (key == name) found = value;
  }
  return found;
}

Result<StartupMessage> StartupMessage::decode(std::string_view body) {
  ByteReader reader(body);
  StartupMessage message;
  message.version = reader.u32();
  for (;;) {
    const std::string_view name = reader.c_string();
    if (!reader.ok() || name.empty()) break;
    const std::string_view value = reader.c_string();
    message.parameters.emplace_back(name, value);
  }
  if (!reader.finished()) {
    return make_error(ErrorKind::protocol_violation, "invalid startup packet layout: expected terminator as last byte");
  }
  return message;
}

void StartupMessage::encode(std::string& out) const {
  const std::size_t start = begin_packet(out, version);
  for (const auto& [name, value] : parameters) {
    append_c_string(out, name);
    append_c_string(out, value);
  }
  out.push_back('\0');
  end_packet(out, start);
}

Result<SSLRequest> SSLRequest::decode(std::string_view body) { return decode_request<SSLRequest>(body, "SSLRequest"); }
void SSLRequest::encode(std::string& out) const { end_packet(out, begin_packet(out, kCode)); }

Result<GSSENCRequest> GSSENCRequest::decode(std::string_view body) { return decode_request<GSSENCRequest>(body, "GSSENCRequest"); }
void GSSENCRequest::encode(std::string& out) const { end_packet(out, begin_packet(out, kCode)); }

Result<CancelRequest> CancelRequest::decode(std::string_view body) {
  ByteReader reader(body);
  if (reader.u32() != kCode) return malformed("CancelRequest");
  CancelRequest message;
  message.process_id = reader.i32();
  message.secret_key = reader.bytes(reader.rest().size());
  if (!reader.finished() || message.secret_key.size() < 4 || message.secret_key.size() > 256) return malformed("CancelRequest");
  return message;
}

void CancelRequest::encode(std::string& out) const {
  const std::size_t start = begin_packet(out, kCode);
  append_u32(out, static_cast<std::uint32_t>(process_id));
  out.append(secret_key);
  end_packet(out, start);
}

Result<StartupPacket> decode_startup_packet(std::string_view body) {
  ByteReader reader(body);
  const std::uint32_t code = reader.u32();
  if (!reader.ok()) return make_error(ErrorKind::protocol_violation, "invalid length of startup packet");
  const auto as_packet = [](auto message) -> Result<StartupPacket> {
    if (!message.ok()) return std::move(message).error();
    return std::move(message).value();
  };
  switch (code) {
    case SSLRequest::kCode: return as_packet(SSLRequest::decode(body));
    case GSSENCRequest::kCode: return as_packet(GSSENCRequest::decode(body));
    case CancelRequest::kCode: return as_packet(CancelRequest::decode(body));
  }
  if (code >> 16 != 3) return StartupMessage{code, {}};
  return as_packet(StartupMessage::decode(body));
}

}  // namespace sluice::protocol
