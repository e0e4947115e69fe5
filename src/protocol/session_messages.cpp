#include "protocol/session_messages.h"

#include "base/bytes.h"
#include "protocol/wire.h"

namespace sluice::protocol {

Result<NegotiateProtocolVersion> NegotiateProtocolVersion::decode(std::string_view body) {
  ByteReader reader(body);
  NegotiateProtocolVersion message;
  message.newest_version = reader.u32();
  const std::uint32_t count = reader.u32();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) message.unrecognized_options.emplace_back(reader.c_string());
  if (!reader.finished()) return malformed("NegotiateProtocolVersion");
  return message;
}

void NegotiateProtocolVersion::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_u32(out, newest_version);
  append_u32(out, static_cast<std::uint32_t>(unrecognized_options.size()));
  for (const std::string& option : unrecognized_options) append_c_string(out, option);
  end_message(out, start);
}

Result<ParameterStatus> ParameterStatus::decode(std::string_view body) {
  ByteReader reader(body);
  ParameterStatus message;
  message.name = reader.c_string();
  message.value = reader.c_string();
  if (!reader.finished()) return malformed("ParameterStatus");
  return message;
}

void ParameterStatus::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_c_string(out, name);
  append_c_string(out, value);
  end_message(out, start);
}

Result<BackendKeyData> BackendKeyData::decode(std::string_view body) {
  ByteReader reader(body);
  BackendKeyData message;
  message.process_id = reader.i32();
  message.secret_key = reader.bytes(reader.rest().size());
  if (!reader.finished() || message.secret_key.size() < 4 || message.secret_key.size() > 256) return malformed("BackendKeyData");
  return message;
}

void BackendKeyData::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_u32(out, static_cast<std::uint32_t>(process_id));
  out.append(secret_key);
  end_message(out, start);
}

Result<ReadyForQuery> ReadyForQuery::decode(std::string_view body) {
  ByteReader reader(body);
  const char status = static_cast<char>(reader.u8());
  if (!reader.finished() || (status != 'I' && status != 'T' && status != 'E')) return malformed("ReadyForQuery");
  return ReadyForQuery{static_cast<TransactionStatus>(status)};
}

void ReadyForQuery::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  out.push_back(static_cast<char>(status));
  end_message(out, start);
}

Result<NotificationResponse> NotificationResponse::decode(std::string_view body) {
  ByteReader reader(body);
  NotificationResponse message;
  message.process_id = reader.i32();
  message.channel = reader.c_string();
  message.payload = reader.c_string();
  if (!reader.finished()) return malformed("NotificationResponse");
  return message;
}

void NotificationResponse::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_u32(out, static_cast<std::uint32_t>(process_id));
  append_c_string(out, channel);
  append_c_string(out, payload);
  end_message(out, start);
}

}  // namespace sluice::protocol
