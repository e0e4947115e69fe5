#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/metrics_text.h"
#include "control/control.h"
#include "net/http_server.h"

namespace sluice::admin {

/// What the API needs of the rest of the program. Everything in it outlives the API.
struct Backend {
  control::ApprovalDesk& desk;
  control::ChannelDesk& channels;
  control::ApiDesk& api;
  const control::SnapshotBoard& board;
  std::function<net::awaitable<Result<usage::UsageReport>>(usage::UsageQuery)> usage;
  std::function<net::awaitable<Result<control::ReloadOutcome>>()> reload;
  std::function<net::awaitable<control::ControlHealth>()> health;
  std::function<void(MetricsText&)> metrics = {};  ///< adds what the gateway counts; may be empty
  std::map<std::string, net::HttpHandler> callbacks = {};  ///< POST paths of chat services, which prove themselves; "/slack/…"
  control::ApproverDesk* approvers = nullptr;  ///< null in tests that have none
};

[[nodiscard]] inline Backend backend_of(control::Control& control, std::function<void(MetricsText&)> metrics,
                                         std::map<std::string, net::HttpHandler> callbacks) {
  return Backend{control.desk(), control.channels(), control.api(), control.board(), [&control](usage::UsageQuery query) { return control.usage(std::move(query)); },
                 [&control] { return control.reload(); }, [&control] { return control.health(); }, std::move(metrics), std::move(callbacks),
                 &control.approver_desk()};
}

}  // namespace sluice::admin
