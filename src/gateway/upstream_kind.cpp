#include "gateway/upstream_kind.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/result_messages.h"
#include "protocol/statement_messages.h"

namespace sluice::gateway {

namespace {
constexpr std::string_view kQuestion =
    "SELECT pg_catalog.pg_is_in_recovery()::pg_catalog.text, pg_catalog.current_setting('default_transaction_read_only')";

net::awaitable<Status> read_more(net::ByteStream& stream, protocol::MessageBuffer& buffer) {
  const std::span<char> room = buffer.prepare(4096);
  Result<std::size_t> size = co_await stream.read_some(room);
  if (!size.ok()) co_return std::move(size).error();
  if (*size == 0) co_return make_error(ErrorKind::upstream_unavailable, "upstream server closed the connection");
  buffer.commit(*size);
  co_return Done{};
}

net::awaitable<Result<UpstreamKind>> ask(net::ByteStream& stream, protocol::MessageBuffer& buffer) {
  std::string question;
  protocol::QueryView{kQuestion}.encode(question);
  SLUICE_CO_CHECK(co_await stream.write(question));
  std::optional<UpstreamKind> kind;
  for (;;) {
    auto message = buffer.next();
    if (!message.ok()) co_return std::move(message).error();
    if (!message->has_value()) {
      SLUICE_CO_CHECK(co_await read_more(stream, buffer));
      continue;
    }
    if ((*message)->type == 'D') {
      auto row = protocol::DataRowView::decode((*message)->body);
      if (!row.ok()) co_return std::move(row).error();
      std::vector<std::string_view> values;
      for (const auto& value : row->values) values.push_back(value.value_or(std::string_view()));
      if (values.size() == 2) kind = UpstreamKind{values[0] == "true", values[1] == "on"};
    }
    if ((*message)->type != 'Z') continue;
    if (!kind) co_return make_error(ErrorKind::upstream_unavailable, "the upstream does not say whether it is a standby");
    co_return *kind;
  }
}
}  // namespace

bool fits(config::TargetSession target, const UpstreamKind& kind) {
  switch (target) {
    case config::TargetSession::any:
    case config::TargetSession::prefer_standby: return true;
    case config::TargetSession::read_write: return !kind.read_only;
    case config::TargetSession::read_only: return kind.read_only;
    case config::TargetSession::primary: return !kind.standby;
    case config::TargetSession::standby: return kind.standby;
  }
  return false;
}

net::awaitable<Result<UpstreamKind>> kind_of(net::ByteStream& stream, protocol::MessageBuffer& buffer, const protocol::UpstreamSession& session,
                                             bool asked_read_only) {
  UpstreamKind kind;
  const std::string_view standby = session.parameter("in_hot_standby");
  if (!standby.empty()) {
    kind = {standby == "on", session.parameter("default_transaction_read_only") == "on"};
  } else {
    SLUICE_CO_TRY(told, co_await ask(stream, buffer));
    kind = told;
  }
  kind.read_only = kind.standby || (kind.read_only && !asked_read_only);
  co_return kind;
}

}  // namespace sluice::gateway
