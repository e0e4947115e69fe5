#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluice::protocol {

// What a server says about the session as a whole.

struct NegotiateProtocolVersion {
  static constexpr char kType = 'v';
  std::uint32_t newest_version = 0;               ///< as a whole, e.g. 196608 for 3.0
  std::vector<std::string> unrecognized_options;  ///< the "_pq_." parameters that were not understood

  [[nodiscard]] static Result<NegotiateProtocolVersion> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const NegotiateProtocolVersion&, const NegotiateProtocolVersion&) = default;
};

struct ParameterStatus {
  static constexpr char kType = 'S';
  std::string name;
  std::string value;

  [[nodiscard]] static Result<ParameterStatus> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const ParameterStatus&, const ParameterStatus&) = default;
};

struct BackendKeyData {
  static constexpr char kType = 'K';
  std::int32_t process_id = 0;
  std::string secret_key;  ///< 4 bytes in protocol 3.0, 4 to 256 in later ones

  [[nodiscard]] static Result<BackendKeyData> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const BackendKeyData&, const BackendKeyData&) = default;
};

enum class TransactionStatus : char { idle = 'I', in_transaction = 'T', failed = 'E' };

struct ReadyForQuery {
  static constexpr char kType = 'Z';
  TransactionStatus status = TransactionStatus::idle;

  [[nodiscard]] static Result<ReadyForQuery> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(ReadyForQuery, ReadyForQuery) = default;
};

struct NotificationResponse {
  static constexpr char kType = 'A';
  std::int32_t process_id = 0;
  std::string channel;
  std::string payload;

  [[nodiscard]] static Result<NotificationResponse> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const NotificationResponse&, const NotificationResponse&) = default;
};

}  // namespace sluice::protocol
