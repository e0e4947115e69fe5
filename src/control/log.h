#pragma once

#include <string_view>

namespace sluice::control {

// The gateway's own log, on stderr. Never a literal of a statement, a row or a password.
void log_info(std::string_view text);
void log_warning(std::string_view text);
void log_error(std::string_view text);

}  // namespace sluice::control
