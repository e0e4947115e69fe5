#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "protocol/wire.h"

namespace sluice::protocol {

// What the agent sends to run statements. Views: they live as long as the bytes they were decoded
// from. To change one thing, assign the field and encode: `parse.query = rewritten; parse.encode(out)`.

struct QueryView {
  static constexpr char kType = 'Q';
  std::string_view query;

  [[nodiscard]] static Result<QueryView> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const QueryView&, const QueryView&) = default;
};

struct ParseView {
  static constexpr char kType = 'P';
  std::string_view statement;  ///< the prepared statement's name; empty: the unnamed one
  std::string_view query;
  WireArrayView<Oid> parameter_types;  ///< may be shorter than the statement's parameters; 0 = unspecified

  [[nodiscard]] static Result<ParseView> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const ParseView&, const ParseView&) = default;
};

struct BindView {
  static constexpr char kType = 'B';
  std::string_view portal;
  std::string_view statement;
  WireArrayView<std::int16_t> parameter_formats;  ///< none: all text; one: for all; else one each
  ValueListView parameters;
  WireArrayView<std::int16_t> result_formats;  ///< likewise, for the result's columns

  /// Refuses format codes other than 0 and 1, and a number of them that fits no rule.
  [[nodiscard]] static Result<BindView> decode(std::string_view body);
  void encode(std::string& out) const;
  /// 0 = text, 1 = binary. `index` is below parameters.size().
  [[nodiscard]] std::int16_t parameter_format(std::size_t index) const noexcept;
  friend bool operator==(const BindView&, const BindView&) = default;
};

/// What Describe and Close name.
enum class NamedObject : char { statement = 'S', portal = 'P' };

struct DescribeView {
  static constexpr char kType = 'D';
  NamedObject object = NamedObject::statement;
  std::string_view name;

  [[nodiscard]] static Result<DescribeView> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const DescribeView&, const DescribeView&) = default;
};

struct CloseView {
  static constexpr char kType = 'C';
  NamedObject object = NamedObject::statement;
  std::string_view name;

  [[nodiscard]] static Result<CloseView> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const CloseView&, const CloseView&) = default;
};

struct ExecuteView {
  static constexpr char kType = 'E';
  std::string_view portal;
  std::int32_t max_rows = 0;  ///< 0 or less: no limit

  [[nodiscard]] static Result<ExecuteView> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const ExecuteView&, const ExecuteView&) = default;
};

struct FunctionCallView {
  static constexpr char kType = 'F';
  Oid function = 0;
  WireArrayView<std::int16_t> argument_formats;
  ValueListView arguments;
  std::int16_t result_format = 0;

  [[nodiscard]] static Result<FunctionCallView> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const FunctionCallView&, const FunctionCallView&) = default;
};

using Flush = EmptyMessage<'H'>;
using Sync = EmptyMessage<'S'>;
using Terminate = EmptyMessage<'X'>;

/// True for the types that an agent may send once it is logged in; anything else ends the session.
[[nodiscard]] bool is_frontend_type(char type) noexcept;

}  // namespace sluice::protocol
