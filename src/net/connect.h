#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/tcp_options.h"
#include "net/byte_stream.h"
#include "net/task.h"

namespace sluice::net {

enum class AddressOrder { as_resolved, random };

/// Whether we may connect to an address; given in text form.
using AddressFilter = bool (*)(std::string_view address);

/// Connects to a host name or address literal, trying all its addresses in turn until `deadline`; only those that `filter`
/// allows, if there is one. The stream lives on the caller's executor and has no deadline yet.
/// Errors: upstream_unavailable, timed_out, denied (there are addresses, but none is allowed).
[[nodiscard]] awaitable<Result<std::unique_ptr<ByteStream>>> connect_tcp(std::string host, std::uint16_t port, Deadline deadline,
                                                                         AddressOrder order = AddressOrder::as_resolved, TcpOptions options = {},
                                                                         AddressFilter filter = nullptr);
/// `path` is the socket file itself.
[[nodiscard]] awaitable<Result<std::unique_ptr<ByteStream>>> connect_unix(std::string path, Deadline deadline);

}  // namespace sluice::net
