#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace sluice::protocol {

// Start-up packets have no type byte: length, then a request code. decode() takes what follows the
// length, code included; encode() writes the packet with its length.

[[nodiscard]] constexpr std::uint32_t protocol_version(std::uint32_t major, std::uint32_t minor) { return major << 16 | minor; }
inline constexpr std::uint32_t kProtocol30 = protocol_version(3, 0);
inline constexpr std::uint32_t kProtocol32 = protocol_version(3, 2);  ///< the newest: cancel keys may be long

/// A settings list as it came: order and duplicates are kept, the last of one name counts.
using StartupParameters = std::vector<std::pair<std::string, std::string>>;

struct StartupMessage {
  std::uint32_t version = kProtocol30;
  StartupParameters parameters;  ///< "user", "database" and "options" are among them

  /// The value of the last parameter of this name; nullopt: none.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] static Result<StartupMessage> decode(std::string_view body);
  void encode(std::string& out) const;

  friend bool operator==(const StartupMessage&, const StartupMessage&) = default;
};

struct SSLRequest {
  static constexpr std::uint32_t kCode = protocol_version(1234, 5679);
  [[nodiscard]] static Result<SSLRequest> decode(std::string_view body);
  void encode(std::string& out) const;

  friend bool operator==(SSLRequest, SSLRequest) = default;
};

struct GSSENCRequest {
  static constexpr std::uint32_t kCode = protocol_version(1234, 5680);
  [[nodiscard]] static Result<GSSENCRequest> decode(std::string_view body);
  void encode(std::string& out) const;

  friend bool operator==(GSSENCRequest, GSSENCRequest) = default;
};

struct CancelRequest {
  static constexpr std::uint32_t kCode = protocol_version(1234, 5678);
  std::int32_t process_id = 0;
  std::string secret_key;  ///< 4 bytes in protocol 3.0, 4 to 256 in later ones

  [[nodiscard]] static Result<CancelRequest> decode(std::string_view body);
  void encode(std::string& out) const;

  friend bool operator==(const CancelRequest&, const CancelRequest&) = default;
};

using StartupPacket = std::variant<StartupMessage, SSLRequest, GSSENCRequest, CancelRequest>;

/// Any start-up packet by its request code. An unknown code is taken for a StartupMessage of a version
/// that we do not speak, as PostgreSQL does; such a message has no parameters here.
[[nodiscard]] Result<StartupPacket> decode_startup_packet(std::string_view body);

}  // namespace sluice::protocol
