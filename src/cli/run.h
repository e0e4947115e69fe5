#pragma once

#include <string>

namespace sluice::cli {

struct RunOptions {
  std::string config_path;
};

/// Runs the gateway until SIGTERM or SIGINT; SIGHUP reads the configuration anew. Returns the exit code:
/// 0 after an orderly end, 1 if it could not start.
int run_gateway(const RunOptions& options);

}  // namespace sluice::cli
