#pragma once

#include <string>

namespace sluice::cli {

struct HealthcheckOptions {
  std::string config_path;
};

/// Asks the running gateway of this configuration whether it can work. 0: it can; 1: it cannot, or does not answer.
int healthcheck(const HealthcheckOptions& options);

}  // namespace sluice::cli
