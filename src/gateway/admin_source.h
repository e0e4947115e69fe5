#pragma once

#include <functional>
#include <vector>

#include "control/control.h"
#include "gateway/client_row.h"
#include "net/task.h"

namespace sluice::gateway {

/// What the admin database asks of the rest of the program; each may be empty, then its command is refused.
struct AdminSource {
  std::function<net::awaitable<Result<control::ReloadOutcome>>()> reload;
  std::function<net::awaitable<Result<usage::UsageReport>>(usage::UsageQuery)> usage;
  std::function<net::awaitable<std::vector<ClientRow>>()> clients;
};

}  // namespace sluice::gateway
