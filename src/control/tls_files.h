#pragma once

#include <memory>

#include "base/result.h"
#include "config/config.h"
#include "net/tls.h"

namespace sluice::control {

/// Reads all certificates and keys that the configuration names, and tries them out. Returns what agents' TLS needs; null:
/// no TLS for agents. Errors are of kind configuration. Blocks.
[[nodiscard]] Result<std::shared_ptr<net::TlsServerContext>> load_tls_files(const config::Config& config);

}  // namespace sluice::control
