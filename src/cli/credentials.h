#pragma once

namespace sluice::cli {

/// Reads a password from standard input (without echo from a terminal) and prints its SCRAM verifier.
int make_scram_verifier();

/// Prints a new API token, and the hash of it that the configuration holds.
int make_token();

}  // namespace sluice::cli
