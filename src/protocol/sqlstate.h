#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "protocol/notice.h"

namespace sluice::protocol {

/// The one table from ErrorKind to SQLSTATE. `approval_pending` has a class of its own, SL: SL001
/// means "run this very statement again later"; classes that begin with a letter from I on are left
/// to implementations by the SQL standard.
[[nodiscard]] std::string_view sqlstate(ErrorKind kind) noexcept;

enum class Severity { error, fatal, warning, notice };

/// As PostgreSQL sends it: S, V, C, M, D, H and P.
[[nodiscard]] ErrorResponse error_response(const Error& error, Severity severity = Severity::error);
/// The same with the session ended by it: S and V are FATAL.
[[nodiscard]] inline ErrorResponse fatal_response(const Error& error) { return error_response(error, Severity::fatal); }
/// Our own notices to the agent: SQLSTATE 00000 for a notice, 01000 for a warning.
[[nodiscard]] NoticeResponse notice_response(Severity severity, std::string message, std::string detail = {}, std::string hint = {});

}  // namespace sluice::protocol
