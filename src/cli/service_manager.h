#pragma once

#include <string_view>

namespace sluice::cli {

/// Tells systemd how the service stands, in the words of sd_notify(3). Does nothing if nobody listens.
void notify_service_manager(std::string_view state);

}  // namespace sluice::cli
