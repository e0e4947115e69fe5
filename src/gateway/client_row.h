#pragma once

#include <cstdint>
#include <string>

namespace sluice::gateway {

/// One connection of an agent or a person.
struct ClientRow {
  std::uint64_t session = 0;
  std::string identity;   ///< empty: not known yet
  std::string database;
  std::string peer;
  std::string doing;      ///< "idle", "held" …
  std::uint64_t seconds = 0;  ///< since it was accepted
};

}  // namespace sluice::gateway
