#pragma once

#include "base/result.h"
#include "config/upstream.h"
#include "net/byte_stream.h"
#include "protocol/login_flow.h"
#include "protocol/message_reader.h"

namespace sluice::gateway {

/// What a server that was just logged in to is.
struct UpstreamKind {
  bool standby = false;
  bool read_only = false;  ///< standbys are, and servers with default_transaction_read_only
};

/// True if it will do. prefer_standby: any will, but a standby is better.
[[nodiscard]] bool fits(config::TargetSession target, const UpstreamKind& kind);

/// As libpq finds it out: PostgreSQL 14 and later tells it by itself, an older one is asked. `asked_read_only`: the
/// login asked for default_transaction_read_only itself, which then says nothing about the server.
[[nodiscard]] net::awaitable<Result<UpstreamKind>> kind_of(net::ByteStream& stream, protocol::MessageBuffer& buffer,
                                                           const protocol::UpstreamSession& session, bool asked_read_only);

}  // namespace sluice::gateway
