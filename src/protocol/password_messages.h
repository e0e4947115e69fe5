#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::protocol {

// All of these have type 'p': which one it is, only the conversation tells.

struct PasswordMessage {
  static constexpr char kType = 'p';
  std::string password;  ///< clear text or an MD5 answer: wipe it

  [[nodiscard]] static Result<PasswordMessage> decode(std::string_view body);
  void encode(std::string& out) const;

  friend bool operator==(const PasswordMessage&, const PasswordMessage&) = default;
};

struct SASLInitialResponse {
  static constexpr char kType = 'p';
  std::string mechanism;
  std::optional<std::string> response;  ///< nullopt: the first answer comes later, in a SASLResponse

  [[nodiscard]] static Result<SASLInitialResponse> decode(std::string_view body);
  void encode(std::string& out) const;

  friend bool operator==(const SASLInitialResponse&, const SASLInitialResponse&) = default;
};

struct SASLResponse {
  static constexpr char kType = 'p';
  std::string response;

  [[nodiscard]] static Result<SASLResponse> decode(std::string_view body);
  void encode(std::string& out) const;

  friend bool operator==(const SASLResponse&, const SASLResponse&) = default;
};

}  // namespace sluice::protocol
