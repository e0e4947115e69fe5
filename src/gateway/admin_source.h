#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "control/control.h"
#include "net/task.h"

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

/// What the admin database asks of the rest of the program; each may be empty, then its command is refused.
struct AdminSource {
  std::function<net::awaitable<Result<control::ReloadOutcome>>()> reload;
  std::function<net::awaitable<Result<usage::UsageReport>>(usage::UsageQuery)> usage;
  std::function<net::awaitable<std::vector<ClientRow>>()> clients;
};

}  // namespace sluice::gateway
