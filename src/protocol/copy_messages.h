#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocol/wire.h"

namespace sluice::protocol {

struct CopyDataView {
  static constexpr char kType = 'd';
  std::string_view data;

  [[nodiscard]] static Result<CopyDataView> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const CopyDataView&, const CopyDataView&) = default;
};

using CopyDone = EmptyMessage<'c'>;

struct CopyFail {
  static constexpr char kType = 'f';
  std::string reason;

  [[nodiscard]] static Result<CopyFail> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const CopyFail&, const CopyFail&) = default;
};

/// The three answers that switch into COPY mode differ in their type alone.
template <char Type>
struct CopyResponse {
  static constexpr char kType = Type;
  std::int8_t format = 0;                    ///< 0 = text, 1 = binary
  std::vector<std::int16_t> column_formats;  ///< one per column

  [[nodiscard]] static Result<CopyResponse> decode(std::string_view body);
  void encode(std::string& out) const;
  friend bool operator==(const CopyResponse&, const CopyResponse&) = default;
};

using CopyInResponse = CopyResponse<'G'>;
using CopyOutResponse = CopyResponse<'H'>;
using CopyBothResponse = CopyResponse<'W'>;

extern template struct CopyResponse<'G'>;
extern template struct CopyResponse<'H'>;
extern template struct CopyResponse<'W'>;

}  // namespace sluice::protocol
