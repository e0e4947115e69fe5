#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/tcp_options.h"
#include "net/byte_stream.h"
#include "net/task.h"

namespace sluice::net {

enum class AddressOrder { as_resolved, random };

/// Connects to a host name or address literal, trying all its addresses in turn until `deadline`.
/// The stream lives on the caller's executor and has no deadline yet. Errors: upstream_unavailable, timed_out.
[[nodiscard]] awaitable<Result<std::unique_ptr<ByteStream>>> connect_tcp(std::string host, std::uint16_t port, Deadline deadline,
                                                                         AddressOrder order = AddressOrder::as_resolved, TcpOptions options = {});
/// `path` is the socket file itself.
[[nodiscard]] awaitable<Result<std::unique_ptr<ByteStream>>> connect_unix(std::string path, Deadline deadline);

}  // namespace sluice::net
