#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::protocol {

/// The fields of ErrorResponse and NoticeResponse under the manual's names; empty or 0 = absent.
struct NoticeFields {
  std::string severity;                ///< S: may be translated
  std::string severity_unlocalized;    ///< V: ERROR, FATAL, PANIC, WARNING, NOTICE, DEBUG, INFO or LOG
  std::string code;                    ///< C: SQLSTATE, five characters
  std::string message;                 ///< M
  std::string detail;                  ///< D
  std::string hint;                    ///< H
  std::int32_t position = 0;           ///< P: 1-based character of the statement
  std::int32_t internal_position = 0;  ///< p: likewise, of internal_query
  std::string internal_query;          ///< q
  std::string where;                   ///< W
  std::string schema;                  ///< s
  std::string table;                   ///< t
  std::string column;                  ///< c
  std::string data_type;               ///< d
  std::string constraint;              ///< n
  std::string file;                    ///< F
  std::string line;                    ///< L
  std::string routine;                 ///< R

  /// Fields that nobody knows are skipped, as the manual demands of frontends.
  [[nodiscard]] static Result<NoticeFields> decode(std::string_view body);
  void append_to(std::string& out) const;
  /// FATAL or PANIC: the server closes the connection after it.
  [[nodiscard]] bool ends_session() const noexcept;

  friend bool operator==(const NoticeFields&, const NoticeFields&) = default;
};

struct ErrorResponse {
  static constexpr char kType = 'E';
  NoticeFields fields;

  [[nodiscard]] static Result<ErrorResponse> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const ErrorResponse&, const ErrorResponse&) = default;
};

struct NoticeResponse {
  static constexpr char kType = 'N';
  NoticeFields fields;

  [[nodiscard]] static Result<NoticeResponse> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const NoticeResponse&, const NoticeResponse&) = default;
};

}  // namespace sluice::protocol
