#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "protocol/notice.h"

namespace sluice::protocol {

/// What the upstream may tell the agent about one statement.
struct Disclosure {
  /// True: the statement writes tagged relations or may run code stored in the database, so that any
  /// free text could carry raw values. SQLSTATE is kept if PostgreSQL itself knows it, the message is
  /// replaced by a fixed one for that SQLSTATE, and only names pass.
  bool restricted = true;

  /// From a position in the upstream's text to one in the agent's (both 1-based characters); 0 = none.
  /// Empty: the text went up unchanged and positions pass.
  std::function<std::int32_t(std::int32_t)> map_position;

  /// Asked for each name (s, t, c, d, n) of a restricted answer: stored code can put any text there
  /// (RAISE … USING CONSTRAINT = …), so say true only for names that the catalog has. Empty: none pass.
  std::function<bool(char field, std::string_view name)> keep_name;
};

/// Rebuilds an ErrorResponse's fields from what may pass. Total: whatever comes in, something legal goes out.
[[nodiscard]] NoticeFields sanitise_error(const NoticeFields& upstream, const Disclosure& disclosure);

/// Likewise for a NoticeResponse. nullopt: swallow it; of a restricted statement none passes.
[[nodiscard]] std::optional<NoticeFields> sanitise_notice(const NoticeFields& upstream, const Disclosure& disclosure);

}  // namespace sluice::protocol
