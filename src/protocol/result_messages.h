#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "protocol/wire.h"

namespace sluice::protocol {

// What a server answers to statements.

struct FieldDescription {
  std::string name;
  Oid table = 0;               ///< 0 = not a plain column of a table
  std::int16_t attribute = 0;  ///< likewise
  Oid type = 0;
  std::int16_t type_size = 0;  ///< negative: variable width
  std::int32_t type_modifier = -1;
  std::int16_t format = 0;  ///< 0 = text (or not known yet), 1 = binary

  friend bool operator==(const FieldDescription&, const FieldDescription&) = default;
};

struct RowDescription {
  static constexpr char kType = 'T';
  std::vector<FieldDescription> fields;

  [[nodiscard]] static Result<RowDescription> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const RowDescription&, const RowDescription&) = default;
};

struct DataRowView {
  static constexpr char kType = 'D';
  ValueListView values;

  [[nodiscard]] static Result<DataRowView> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const DataRowView&, const DataRowView&) = default;
};

struct CommandCompleteView {
  static constexpr char kType = 'C';
  std::string_view tag;  ///< "SELECT 5", "INSERT 0 1", "BEGIN"

  /// The number at the tag's end; nullopt: the command counts no rows.
  [[nodiscard]] std::optional<std::uint64_t> row_count() const noexcept;
  [[nodiscard]] static Result<CommandCompleteView> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const CommandCompleteView&, const CommandCompleteView&) = default;
};

struct ParameterDescription {
  static constexpr char kType = 't';
  std::vector<Oid> types;

  [[nodiscard]] static Result<ParameterDescription> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const ParameterDescription&, const ParameterDescription&) = default;
};

struct FunctionCallResponse {
  static constexpr char kType = 'V';
  std::optional<std::string> value;  ///< nullopt: NULL

  [[nodiscard]] static Result<FunctionCallResponse> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const FunctionCallResponse&, const FunctionCallResponse&) = default;
};

using ParseComplete = EmptyMessage<'1'>;
using BindComplete = EmptyMessage<'2'>;
using CloseComplete = EmptyMessage<'3'>;
using NoData = EmptyMessage<'n'>;
using PortalSuspended = EmptyMessage<'s'>;
using EmptyQueryResponse = EmptyMessage<'I'>;

}  // namespace sluice::protocol
