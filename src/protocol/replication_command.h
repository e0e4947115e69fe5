#pragma once

#include <string_view>

namespace sluice::protocol {

/// Does a walsender take `text` for a command of the streaming replication protocol (manual section 55.4) rather than
/// for SQL? It decides by the first word, as PostgreSQL does, and then refuses whatever else the text holds.
[[nodiscard]] bool is_replication_command(std::string_view text);

}  // namespace sluice::protocol
