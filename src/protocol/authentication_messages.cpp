#include "protocol/authentication_messages.h"

#include "base/bytes.h"
#include "protocol/wire.h"

namespace sluice::protocol {
namespace {

void encode_request(std::string& out, std::uint32_t code, std::string_view rest = {}) {
  const std::size_t start = begin_message(out, kAuthenticationType);
  append_u32(out, code);
  out.append(rest);
  end_message(out, start);
}

Result<Authentication> decode_sasl(ByteReader reader) {
  AuthenticationSASL message;
  for (;;) {
    const std::string_view mechanism = reader.c_string();
    if (!reader.ok()) return malformed("AuthenticationSASL");
    if (mechanism.empty()) break;
    message.mechanisms.emplace_back(mechanism);
  }
  if (!reader.finished()) return malformed("AuthenticationSASL");
  return Authentication(std::move(message));
}

Result<Authentication> decode_md5(ByteReader reader) {
  const std::string_view salt = reader.bytes(4);
  if (!reader.finished()) return malformed("AuthenticationMD5Password");
  AuthenticationMD5Password message;
  std::copy(salt.begin(), salt.end(), message.salt.begin());
  return Authentication(message);
}

}  // namespace

void AuthenticationOk::encode(std::string& out) const { encode_request(out, kCode); }
void AuthenticationCleartextPassword::encode(std::string& out) const { encode_request(out, kCode); }
void AuthenticationMD5Password::encode(std::string& out) const { encode_request(out, kCode, {salt.data(), salt.size()}); }
void AuthenticationSASLContinue::encode(std::string& out) const { encode_request(out, kCode, challenge); }
void AuthenticationSASLFinal::encode(std::string& out) const { encode_request(out, kCode, outcome); }
void AuthenticationUnsupported::encode(std::string& out) const { encode_request(out, code, rest); }

void AuthenticationSASL::encode(std::string& out) const {
  std::string list;
  for (const std::string& mechanism : mechanisms) append_c_string(list, mechanism);
  list.push_back('\0');
  encode_request(out, kCode, list);
}

Result<Authentication> decode_authentication(std::string_view body) {
  ByteReader reader(body);
  const std::uint32_t code = reader.u32();
  if (!reader.ok()) return malformed("Authentication");
  const std::string_view rest = reader.rest();
  switch (code) {
    case AuthenticationOk::kCode:
      if (!rest.empty()) return malformed("AuthenticationOk");
      return Authentication(AuthenticationOk{});
    case AuthenticationCleartextPassword::kCode:
      if (!rest.empty()) return malformed("AuthenticationCleartextPassword");
      return Authentication(AuthenticationCleartextPassword{});
    case AuthenticationMD5Password::kCode: return decode_md5(reader);
    case AuthenticationSASL::kCode: return decode_sasl(reader);
    case AuthenticationSASLContinue::kCode: return Authentication(AuthenticationSASLContinue{std::string(rest)});
    case AuthenticationSASLFinal::kCode: return Authentication(AuthenticationSASLFinal{std::string(rest)});
  }
  return Authentication(AuthenticationUnsupported{code, std::string(rest)});
}

}  // namespace sluice::protocol
