#pragma once

#include <string>

#include "base/digest.h"
#include "base/result.h"
#include "config/config.h"

namespace sluice::control {

/// Reads and decodes the configuration at `path`. A file that cannot be read is one finding. Blocks.
/// `digest`, if given, gets the SHA-256 of the file's bytes.
[[nodiscard]] config::Decoded read_config(const std::string& path, Digest* digest = nullptr);

/// Reads a secret. Refuses (configuration) what is missing, no plain file, larger than 1 MiB, or what
/// users other than owner and group may read. Blocks.
[[nodiscard]] Result<std::string> read_secret_file(const std::string& path);

}  // namespace sluice::control
