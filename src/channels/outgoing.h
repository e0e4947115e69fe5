#pragma once

#include <memory>

#include "config/channels.h"
#include "net/tls.h"

namespace sluice::channels {

/// How calls to other services check whom they talk to: the system's authorities and those of `ca_file`.
[[nodiscard]] Result<std::shared_ptr<net::TlsClientContext>> outgoing_tls(const config::Channels& channels);

}  // namespace sluice::channels
