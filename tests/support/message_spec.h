#pragma once

#include <string>
#include <string_view>

namespace sluice::test {

/// A message from one line of a transcript: its name in the manual and its fields, values in double
/// quotes, a double quote inside them written as a backtick: `Query "SELECT 1"`, `Bind "portal" "statement" "parameter"`, `DataRow "a" NULL`,
/// `ReadyForQuery I`, `ErrorResponse 42601 "syntax error"`. Fails the test if it is not understood.
[[nodiscard]] std::string message_from(std::string_view spec);

/// The same form for a message that was received: equal to the line in a transcript if the message is.
[[nodiscard]] std::string spec_of(bool from_agent, std::string_view message);

}  // namespace sluice::test
