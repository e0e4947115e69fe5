#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace sluice::protocol {

// All of these have type 'R'; a number at the front of the body tells which.

struct AuthenticationOk {
  static constexpr std::uint32_t kCode = 0;
  void encode(std::string& out) const;
  friend bool operator==(AuthenticationOk, AuthenticationOk) = default;
};

struct AuthenticationCleartextPassword {
  static constexpr std::uint32_t kCode = 3;
  void encode(std::string& out) const;
  friend bool operator==(AuthenticationCleartextPassword, AuthenticationCleartextPassword) = default;
};

struct AuthenticationMD5Password {
  static constexpr std::uint32_t kCode = 5;
  std::array<char, 4> salt{};
  void encode(std::string& out) const;
  friend bool operator==(const AuthenticationMD5Password&, const AuthenticationMD5Password&) = default;
};

struct AuthenticationSASL {
  static constexpr std::uint32_t kCode = 10;
  std::vector<std::string> mechanisms;  ///< in the server's order of preference
  void encode(std::string& out) const;
  friend bool operator==(const AuthenticationSASL&, const AuthenticationSASL&) = default;
};

struct AuthenticationSASLContinue {
  static constexpr std::uint32_t kCode = 11;
  std::string challenge;
  void encode(std::string& out) const;
  friend bool operator==(const AuthenticationSASLContinue&, const AuthenticationSASLContinue&) = default;
};

struct AuthenticationSASLFinal {
  static constexpr std::uint32_t kCode = 12;
  std::string outcome;
  void encode(std::string& out) const;
  friend bool operator==(const AuthenticationSASLFinal&, const AuthenticationSASLFinal&) = default;
};

/// KerberosV5, GSS, SSPI and whatever comes later: understood as a request, not spoken.
struct AuthenticationUnsupported {
  std::uint32_t code = 0;
  std::string rest;
  void encode(std::string& out) const;
  friend bool operator==(const AuthenticationUnsupported&, const AuthenticationUnsupported&) = default;
};

using Authentication = std::variant<AuthenticationOk, AuthenticationCleartextPassword, AuthenticationMD5Password, AuthenticationSASL,
                                    AuthenticationSASLContinue, AuthenticationSASLFinal, AuthenticationUnsupported>;

inline constexpr char kAuthenticationType = 'R';
[[nodiscard]] Result<Authentication> decode_authentication(std::string_view body);

}  // namespace sluice::protocol
