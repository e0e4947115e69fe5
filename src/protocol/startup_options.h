#pragma once

#include <string_view>

#include "base/result.h"
#include "protocol/startup_messages.h"

namespace sluice::protocol {

/// Takes the start-up parameter "options" apart as PostgreSQL does: words split at white space, a
/// backslash takes the next character as it is; `-c name=value`, `-cname=value` and `--name=value`.
/// In names '-' stands for '_'. Other switches are refused: not_supported.
[[nodiscard]] Result<StartupParameters> parse_startup_options(std::string_view options);

}  // namespace sluice::protocol
