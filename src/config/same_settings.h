#pragma once

#include "config/channels.h"

namespace sluice::config {

/// Whether nothing differs that only a restart changes.
[[nodiscard]] bool same_settings(const TeamsChannel& a, const TeamsChannel& b);

}  // namespace sluice::config
