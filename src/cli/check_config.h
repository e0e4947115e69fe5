#pragma once

#include <string>

namespace sluice::cli {

struct CheckConfigOptions {
  std::string file;
  bool strict = false;   ///< warnings count as errors
  bool connect = false;  ///< also compare tags and rules with the databases themselves
  bool json = false;
};

/// Prints every finding on standard output. 0: usable; 1: not.
int check_config(const CheckConfigOptions& options);

}  // namespace sluice::cli
