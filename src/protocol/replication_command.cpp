#include "protocol/replication_command.h"

#include <algorithm>
#include <array>

namespace sluice::protocol {

namespace {
// In capitals alone: that is how the walsender's scanner knows them. SHOW is both, and harmless.
constexpr std::array<std::string_view, 10> kCommands = {
    "IDENTIFY_SYSTEM", "SHOW", "TIMELINE_HISTORY", "CREATE_REPLICATION_SLOT", "ALTER_REPLICATION_SLOT", "READ_REPLICATION_SLOT",
    "DROP_REPLICATION_SLOT", "START_REPLICATION", "BASE_BACKUP", "UPLOAD_MANIFEST"};

bool continues_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}
}  // namespace

bool is_replication_command(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\n\r\f");
  if (begin == std::string_view::npos) return false;
  const std::string_view rest = text.substr(begin);
  const auto end = std::find_if_not(rest.begin(), rest.end(), continues_word);
  const std::string_view word = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  return std::find(kCommands.begin(), kCommands.end(), word) != kCommands.end();
}

}  // namespace sluice::protocol
