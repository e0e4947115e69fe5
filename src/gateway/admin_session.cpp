#include "gateway/admin_session.h"

#include <algorithm>
#include <utility>

#include "protocol/notice.h"
#include "protocol/result_messages.h"
#include "protocol/sqlstate.h"

namespace sluice::gateway {

using protocol::TransactionStatus;

namespace {
constexpr Oid kText = 25;
constexpr std::size_t kMaxObjects = 100;  // prepared statements, and portals
constexpr std::size_t kFlushBytes = 64u << 10;
constexpr std::size_t kReadBytes = 1024;

Error in_block(const std::string& tag) {
  return make_error(ErrorKind::not_supported, tag + " cannot run inside a transaction block, nor together with other commands",
                    "A decision cannot be rolled back. Turn autocommit on.");
}

Error one_command_only() { return make_error(ErrorKind::syntax_error, "cannot insert multiple commands into a prepared statement"); }

void add_setting(std::string& out, const char* name, std::string_view value) { protocol::ParameterStatus{name, std::string(value)}.encode(out); }
}  // namespace

AdminSession::AdminSession(WorkerContext& worker, net::ByteStream& agent, protocol::MessageBuffer& from_agent, IdentityId who,
                           const std::optional<Error>& ending)
    : worker_(worker),
      agent_(agent),
      from_agent_(from_agent),
      who_(std::move(who)),
      ending_(ending),
      answers_(worker.gateway.desk, worker.gateway.board, *worker.gateway.admin) {}

std::string AdminSession::welcome(std::uint32_t process_id) const {
  std::string out;
  add_setting(out, "server_version", kAdminServerVersion);
  add_setting(out, "server_encoding", "UTF8");
  add_setting(out, "client_encoding", "UTF8");
  add_setting(out, "DateStyle", "ISO, MDY");
  add_setting(out, "IntervalStyle", "postgres");
  add_setting(out, "TimeZone", "UTC");
  add_setting(out, "integer_datetimes", "on");
  add_setting(out, "standard_conforming_strings", "on");
  add_setting(out, "default_transaction_read_only", "off");
  add_setting(out, "in_hot_standby", "off");
  add_setting(out, "is_superuser", "off");
  add_setting(out, "session_authorization", who_.text);
  add_setting(out, "application_name", "");
  // Nothing here runs long enough to be cancelled: the key is nobody's.
  protocol::BackendKeyData{static_cast<std::int32_t>(process_id), std::string(4, '\0')}.encode(out);
  protocol::ReadyForQuery{TransactionStatus::idle}.encode(out);
  return out;
}

net::awaitable<void> AdminSession::serve() {
  while (!over_) {
    auto message = from_agent_.next();
    if (!message.ok()) {
      protocol::fatal_response(message.error()).encode(out_);
      break;
    }
    if (message->has_value()) {
      const Status handled = co_await on_message(**message);
      if (!handled.ok()) {
        protocol::fatal_response(handled.error()).encode(out_);
        break;
      }
      if (out_.size() < kFlushBytes) continue;
    }
    if (!out_.empty()) {
      const Status sent = co_await agent_.write(out_);
      out_.clear();
      if (!sent.ok()) co_return;
    }
    if (message->has_value()) continue;
    const std::span<char> room = from_agent_.prepare(kReadBytes);
    const Result<std::size_t> size = co_await agent_.read_some(room);
    if (!size.ok() && ending_) {
      agent_.set_deadline(std::chrono::steady_clock::now() + std::chrono::seconds(1));
      protocol::fatal_response(*ending_).encode(out_);
      break;
    }
    if (!size.ok() || *size == 0) co_return;
    worker_.metrics.bytes_from_agents.add(*size);
    from_agent_.commit(*size);
  }
  if (!out_.empty()) (void)co_await agent_.write(out_);
  agent_.shutdown_send();
}

net::awaitable<Status> AdminSession::on_message(const protocol::MessageView& message) {
  if (message.type == 'X') {
    over_ = true;
    co_return Done{};
  }
  if (skipping_ && message.type != 'S') co_return Done{};
  Status handled = Done{};
  switch (message.type) {
    case 'Q': co_return co_await on_query(message);
    case 'P': handled = on_parse(message); break;
    case 'B': handled = on_bind(message); break;
    case 'D': handled = on_describe(message); break;
    case 'E': handled = co_await on_execute(message); break;
    case 'C': handled = on_close(message); break;
    case 'S': on_sync(); co_return Done{};
    case 'H': co_return Done{};  // written as soon as nothing more is there to read
    case 'd':
    case 'c':
    case 'f': co_return Done{};  // as PostgreSQL outside of COPY
    case 'F':
      fail(make_error(ErrorKind::not_supported, "function calls of the protocol are not supported"));
      ready();
      co_return Done{};
    default:
      co_return make_error(ErrorKind::protocol_violation, "invalid frontend message type " + std::to_string(static_cast<unsigned char>(message.type)));
  }
  if (!handled.ok() && handled.error().kind == ErrorKind::shutting_down) co_return handled;
  if (!handled.ok()) fail_extended(handled.error());
  co_return Done{};
}

net::awaitable<Result<AdminTable>> AdminSession::run(AdminCall call) {
  const AdminCommand& command = call.command;
  // As configured now: who was taken out of the configuration goes no further.
  const std::shared_ptr<const config::Config> config = worker_.gateway.board.config();
  const config::IdentityEntry* entry = config::entry_of(*config, who_);
  if (entry == nullptr || entry->identity.kind != auth::IdentityKind::person) {
    co_return make_error(ErrorKind::shutting_down, "terminating connection because the configuration no longer admits it");
  }
  const bool ends = command.verb == AdminCommand::Verb::commit || command.verb == AdminCommand::Verb::rollback;
  if (ends || command.verb == AdminCommand::Verb::begin) co_return change_transaction(command);
  if (command.decides() && transaction_ != TransactionStatus::idle) co_return in_block(command.tag);
  auth::Identity caller = config::identity_of(*entry, who_);
  co_return co_await answers_.answer(std::move(call), std::move(caller));
}

Result<AdminTable> AdminSession::change_transaction(const AdminCommand& command) {
  AdminTable table;
  table.tag = command.tag;
  if (command.verb == AdminCommand::Verb::begin) {
    if (transaction_ == TransactionStatus::idle) transaction_ = TransactionStatus::in_transaction;
  } else {
    if (transaction_ == TransactionStatus::failed) table.tag = "ROLLBACK";
    transaction_ = TransactionStatus::idle;
  }
  return table;
}

void AdminSession::fail(const Error& error) {
  if (transaction_ == TransactionStatus::in_transaction) transaction_ = TransactionStatus::failed;
  protocol::error_response(error).encode(out_);
}

void AdminSession::fail_extended(const Error& error) {
  fail(error);
  skipping_ = true;
}

void AdminSession::ready() { protocol::ReadyForQuery{transaction_}.encode(out_); }

void AdminSession::on_sync() {
  skipping_ = false;
  if (transaction_ == TransactionStatus::idle) portals_.clear();
  ready();
}

namespace {
// In a failed transaction nothing but its end is heard.
std::optional<protocol::ErrorResponse> failed_block(TransactionStatus status, const AdminCommand& command) {
  const bool ends = command.verb == AdminCommand::Verb::commit || command.verb == AdminCommand::Verb::rollback;
  if (status != TransactionStatus::failed || ends) return std::nullopt;
  auto response = protocol::error_response(
      make_error(ErrorKind::not_supported, "current transaction is aborted, commands ignored until end of transaction block"));
  response.fields.code = "25P02";
  return response;
}
}  // namespace

net::awaitable<Status> AdminSession::on_query(const protocol::MessageView& message) {
  SLUICE_CO_TRY(query, protocol::QueryView::decode(message.body));
  auto commands = parse_admin_commands(query.query);
  statements_.erase("");  // as PostgreSQL does
  if (!commands.ok()) {
    fail(commands.error());
    ready();
    co_return Done{};
  }
  if (commands->empty()) protocol::EmptyQueryResponse{}.encode(out_);
  for (AdminCommand& command : *commands) {
    if (const auto aborted = failed_block(transaction_, command)) {
      aborted->encode(out_);
      break;
    }
    if (command.parameters() > 0) {
      fail(make_error(ErrorKind::syntax_error, "there is no parameter $" + std::to_string(command.parameters())));
      break;
    }
    if (command.decides() && commands->size() > 1) {
      fail(in_block(command.tag));
      break;
    }
    AdminCall call{command, command.id.text.value_or(""), command.reason.text.value_or("")};
    Result<AdminTable> table = co_await run(std::move(call));
    if (!table.ok() && table.error().kind == ErrorKind::shutting_down) co_return std::move(table).error();
    if (!table.ok()) {
      fail(table.error());
      break;
    }
    const auto columns = admin_columns(command);
    if (!columns.empty()) describe(command);
    send_rows(*table, 0, table->rows.size());
    protocol::CommandCompleteView{table->tag}.encode(out_);
  }
  ready();
  co_return Done{};
}

void AdminSession::describe(const AdminCommand& command) {
  const std::vector<std::string> columns = admin_columns(command);
  if (columns.empty()) return protocol::NoData{}.encode(out_);
  protocol::RowDescription description;
  for (const std::string& column : columns) {
    protocol::FieldDescription field;
    field.name = column;
    field.type = kText;
    field.type_size = -1;
    description.fields.push_back(std::move(field));
  }
  description.encode(out_);
}

// Text has one form in both formats.
void AdminSession::send_rows(const AdminTable& table, std::size_t from, std::size_t to) {
  for (std::size_t row = from; row < to; ++row) {
    const std::size_t length = protocol::begin_message(out_, 'D');
    append_u16(out_, static_cast<std::uint16_t>(table.rows[row].size()));
    for (const std::string& value : table.rows[row]) {
      append_u32(out_, static_cast<std::uint32_t>(value.size()));
      out_ += value;
    }
    protocol::end_message(out_, length);
  }
}

Status AdminSession::on_parse(const protocol::MessageView& message) {
  SLUICE_TRY(parse, protocol::ParseView::decode(message.body));
  SLUICE_TRY(commands, parse_admin_commands(parse.query));
  if (commands.size() > 1) return one_command_only();
  AdminCommand command = commands.empty() ? AdminCommand{} : std::move(commands.front());
  if (command.parameters() < parse.parameter_types.size()) {
    return make_error(ErrorKind::syntax_error, "the command has fewer parameters than types");
  }
  std::string name(parse.statement);
  if (!name.empty() && statements_.contains(name)) {
    return make_error(ErrorKind::invalid_parameter_value, "prepared statement \"" + name + "\" already exists");
  }
  if (statements_.size() >= kMaxObjects) return make_error(ErrorKind::too_many_objects, "too many prepared statements");
  statements_.insert_or_assign(std::move(name), std::move(command));
  protocol::ParseComplete{}.encode(out_);
  return Done{};
}

Status AdminSession::on_bind(const protocol::MessageView& message) {
  SLUICE_TRY(bind, protocol::BindView::decode(message.body));
  const auto statement = statements_.find(bind.statement);
  if (statement == statements_.end()) return make_error(ErrorKind::undefined_prepared_statement, "prepared statement does not exist");
  const AdminCommand& command = statement->second;
  std::vector<std::string> values;
  for (const auto& value : bind.parameters) values.emplace_back(value.value_or(""));
  if (values.size() != command.parameters()) {
    return make_error(ErrorKind::protocol_violation, "bind message supplies " + std::to_string(values.size()) + " parameters, but the command requires " +
                                                         std::to_string(command.parameters()));
  }
  if (portals_.size() >= kMaxObjects) return make_error(ErrorKind::too_many_objects, "too many cursors");
  const auto filled = [&](const AdminArgument& argument) { return argument.parameter > 0 ? values[argument.parameter - 1] : argument.text.value_or(""); };
  Portal portal{AdminCall{command, filled(command.id), filled(command.reason)}, std::nullopt, 0};
  portals_.insert_or_assign(std::string(bind.portal), std::move(portal));
  protocol::BindComplete{}.encode(out_);
  return Done{};
}

Status AdminSession::on_describe(const protocol::MessageView& message) {
  SLUICE_TRY(view, protocol::DescribeView::decode(message.body));
  if (view.object == protocol::NamedObject::portal) {
    const auto portal = portals_.find(view.name);
    if (portal == portals_.end()) return make_error(ErrorKind::undefined_cursor, "portal does not exist");
    describe(portal->second.call.command);
    return Done{};
  }
  const auto statement = statements_.find(view.name);
  if (statement == statements_.end()) return make_error(ErrorKind::undefined_prepared_statement, "prepared statement does not exist");
  protocol::ParameterDescription parameters;
  parameters.types.assign(statement->second.parameters(), kText);
  parameters.encode(out_);
  describe(statement->second);
  return Done{};
}

net::awaitable<Status> AdminSession::on_execute(const protocol::MessageView& message) {
  SLUICE_CO_TRY(execute, protocol::ExecuteView::decode(message.body));
  const auto found = portals_.find(execute.portal);
  if (found == portals_.end()) co_return make_error(ErrorKind::undefined_cursor, "portal does not exist");
  Portal& portal = found->second;
  const AdminCommand& command = portal.call.command;
  if (command.verb == AdminCommand::Verb::empty) {
    protocol::EmptyQueryResponse{}.encode(out_);
    co_return Done{};
  }
  if (const auto aborted = failed_block(transaction_, command)) {
    aborted->encode(out_);
    skipping_ = true;
    co_return Done{};
  }
  if (!portal.table) {
    AdminCall call = portal.call;
    Result<AdminTable> table = co_await run(std::move(call));
    if (!table.ok()) co_return std::move(table).error();
    portal.table = std::move(*table);
  }
  const std::size_t left = portal.table->rows.size() - portal.sent;
  const std::size_t count = execute.max_rows > 0 ? std::min<std::size_t>(left, static_cast<std::size_t>(execute.max_rows)) : left;
  send_rows(*portal.table, portal.sent, portal.sent + count);
  portal.sent += count;
  if (count < left) {
    protocol::PortalSuspended{}.encode(out_);
  } else {
    protocol::CommandCompleteView{portal.table->tag}.encode(out_);
  }
  co_return Done{};
}

Status AdminSession::on_close(const protocol::MessageView& message) {
  SLUICE_TRY(view, protocol::CloseView::decode(message.body));
  if (view.object == protocol::NamedObject::portal) {
    if (const auto found = portals_.find(view.name); found != portals_.end()) portals_.erase(found);
  } else if (const auto found = statements_.find(view.name); found != statements_.end()) {
    statements_.erase(found);
  }
  protocol::CloseComplete{}.encode(out_);
  return Done{};
}

}  // namespace sluice::gateway
