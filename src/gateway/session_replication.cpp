// A replication connection: the upstream is a walsender. Its commands pass and are recorded; what it streams is not
// looked at, so that only a rule that names the action, or audit_only, opens one.
#include <utility>

#include "gateway/session.h"
#include "protocol/replication_command.h"
#include "protocol/statement_messages.h"

namespace sluice::gateway {

using protocol::Fate;
using protocol::Owed;

net::awaitable<Status> Session::admit_replication() {
  const sql::NameContext no_names{{}, {}, {}};
  const auto plan = plan::plan_opaque({{}, identity_, database_, no_names, *snapshot_, {}}, sql::StatementKind::replication);
  replication_versions_ = snapshot_->versions;
  // There is no statement that could wait: what must be approved is refused.
  if (plan->verdict() == policy::Verdict::allow) co_return Done{};
  co_return make_error(ErrorKind::not_supported, "replication connections are not supported here",
                       "No rule allows you \"replication\" in this database. Ask whoever manages the gateway's policy for it.");
}

net::awaitable<Status> Session::replication_message(const protocol::MessageView& message) {
  // A stream has no end of its own: whoever may no longer read it loses the session with the next sign of life.
  SLUICE_CO_CHECK(look_at_snapshot());
  if (replication_versions_ != snapshot_->versions) SLUICE_CO_CHECK(co_await admit_replication());
  if (skips() && message.type != protocol::Sync::kType) co_return Done{};
  if (message.type == protocol::QueryView::kType) co_return co_await replication_query(message);
  if (audit_only()) co_return co_await record_message(message);
  switch (message.type) {
    case 'S': co_return co_await on_sync(message);
    case 'H':
    case 'd':
    case 'c':
    case 'f':
      pass_other(message);
      co_return Done{};
    case 'F':
      co_return co_await refuse_function_call(
          make_error(ErrorKind::protocol_violation, "fastpath function calls not supported in a replication connection"));
    case 'P':
    case 'B':
    case 'D':
    case 'E':
    case 'C':
      co_return co_await refuse_extended(
          make_error(ErrorKind::protocol_violation, "extended query protocol not supported in a replication connection"));
    default:
      co_return make_error(ErrorKind::protocol_violation, "invalid frontend message type " + std::to_string(static_cast<unsigned char>(message.type)));
  }
}

net::awaitable<Status> Session::replication_query(const protocol::MessageView& message) {
  const std::string_view command = message.body.substr(0, message.body.find('\0'));
  if (!protocol::is_replication_command(command)) {
    if (audit_only()) co_return co_await record_query(message);
    // No question about names can be asked here, so that nothing can be told of what SQL would do.
    SLUICE_CO_CHECK(co_await record_refusal(0, ErrorKind::not_supported, command));
    co_return co_await refuse_query(make_error(ErrorKind::not_supported, "SQL on a replication connection is not supported",
                                               "open another connection for it"));
  }
  SLUICE_CO_TRY(text, co_await plan_opaque(sql::StatementKind::replication, command));
  if (text->plan->verdict() != policy::Verdict::allow) {  // the policy changed since the login
    SLUICE_CO_CHECK(co_await record_refusal(text->facts.front(), ErrorKind::denied, command));
    co_return co_await refuse_query(make_error(ErrorKind::denied, "permission denied for action \"replication\""));
  }
  RequestId by_rule;  // nobody approved it: a rule lets it pass
  SLUICE_CO_TRY(permit, co_await obtain_permit(worker_.recorder, text, id_, next_statement_, by_rule, worker_.gateway.clock));
  next_statement_ += text->facts.size();
  count_statements(*text->plan);
  upstream_->query(permit, message);
  ReplyContext context;
  context.running = permit.running();
  ledger_.expect({Owed::query, Fate::forward, std::move(context)});
  co_return Done{};
}

}  // namespace sluice::gateway
