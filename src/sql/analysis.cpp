#include "sql/analysis.h"

#include <algorithm>
#include <array>

namespace sluice::sql {
namespace {

constexpr std::array kActions = {
    Action::select, Action::insert, Action::update, Action::delete_, Action::truncate, Action::export_, Action::copy_in,
    Action::explain, Action::transaction, Action::session, Action::temporary, Action::ddl, Action::role_change,
    Action::secret_rotation, Action::maintenance, Action::code, Action::server_file, Action::lock, Action::mass_write,
    Action::replication, Action::export_copy, Action::export_schema, Action::ddl_create, Action::ddl_alter, Action::ddl_drop,
    Action::ddl_comment, Action::ddl_routine, Action::role_change_role, Action::role_change_grant, Action::role_change_owner,
    Action::role_change_policy, Action::server_file_read, Action::server_file_write, Action::server_file_program,
    Action::extension, Action::outbound,
};
static_assert(kActions.size() == static_cast<std::size_t>(kLastAction) + 1 && kActions.size() <= 64);

}  // namespace

// A kind is written "general.kind".
bool covers(Action named, Action action) noexcept {
  if (named == action) return true;
  const std::string_view general = to_text(named);
  const std::string_view kind = to_text(action);
  return kind.size() > general.size() && kind[general.size()] == '.' && kind.starts_with(general);
}

std::string_view to_text(StatementKind kind) {
  switch (kind) {
    case StatementKind::select: return "select";
    case StatementKind::insert: return "insert";
    case StatementKind::update: return "update";
    case StatementKind::delete_: return "delete";
    case StatementKind::merge: return "merge";
    case StatementKind::copy_out: return "copy out";
    case StatementKind::copy_in: return "copy in";
    case StatementKind::copy_server_file: return "copy server file";
    case StatementKind::explain: return "explain";
    case StatementKind::begin: return "begin";
    case StatementKind::commit: return "commit";
    case StatementKind::rollback: return "rollback";
    case StatementKind::savepoint: return "savepoint";
    case StatementKind::release_savepoint: return "release savepoint";
    case StatementKind::rollback_to_savepoint: return "rollback to savepoint";
    case StatementKind::set_setting: return "set";
    case StatementKind::reset_setting: return "reset";
    case StatementKind::show_setting: return "show";
    case StatementKind::discard: return "discard";
    case StatementKind::declare_cursor: return "declare cursor";
    case StatementKind::fetch: return "fetch";
    case StatementKind::close_cursor: return "close cursor";
    case StatementKind::prepare: return "prepare";
    case StatementKind::execute: return "execute";
    case StatementKind::deallocate: return "deallocate";
    case StatementKind::listen: return "listen";
    case StatementKind::unlisten: return "unlisten";
    case StatementKind::notify: return "notify";
    case StatementKind::lock_table: return "lock table";
    case StatementKind::truncate: return "truncate";
    case StatementKind::create_temporary: return "create temporary table";
    case StatementKind::create_table_as: return "create table as";
    case StatementKind::ddl: return "ddl";
    case StatementKind::role: return "role";
    case StatementKind::secret_rotation: return "secret rotation";
    case StatementKind::maintenance: return "maintenance";
    case StatementKind::code: return "code";
    case StatementKind::two_phase: return "two-phase commit";
    case StatementKind::unknown: return "unknown";
    case StatementKind::function_call: return "function call";
    case StatementKind::replication: return "replication";
  }
  return "";
}

std::string_view to_text(Action action) {
  switch (action) {
    case Action::select: return "select";
    case Action::insert: return "insert";
    case Action::update: return "update";
    case Action::delete_: return "delete";
    case Action::truncate: return "truncate";
    case Action::export_: return "export";
    case Action::copy_in: return "copy_in";
    case Action::explain: return "explain";
    case Action::transaction: return "transaction";
    case Action::session: return "session";
    case Action::temporary: return "temporary";
    case Action::ddl: return "ddl";
    case Action::role_change: return "role_change";
    case Action::secret_rotation: return "secret_rotation";
    case Action::maintenance: return "maintenance";
    case Action::code: return "code";
    case Action::server_file: return "server_file";
    case Action::lock: return "lock";
    case Action::mass_write: return "mass_write";
    case Action::replication: return "replication";
    case Action::export_copy: return "export.copy";
    case Action::export_schema: return "export.schema";
    case Action::ddl_create: return "ddl.create";
    case Action::ddl_alter: return "ddl.alter";
    case Action::ddl_drop: return "ddl.drop";
    case Action::ddl_comment: return "ddl.comment";
    case Action::ddl_routine: return "ddl.routine";
    case Action::role_change_role: return "role_change.role";
    case Action::role_change_grant: return "role_change.grant";
    case Action::role_change_owner: return "role_change.owner";
    case Action::role_change_policy: return "role_change.policy";
    case Action::server_file_read: return "server_file.read";
    case Action::server_file_write: return "server_file.write";
    case Action::server_file_program: return "server_file.program";
    case Action::extension: return "extension";
    case Action::outbound: return "outbound";
  }
  return "";
}

std::optional<Action> action_from_text(std::string_view text) {
  const auto found = std::find_if(kActions.begin(), kActions.end(), [&](Action action) { return to_text(action) == text; });
  return found == kActions.end() ? std::nullopt : std::optional(*found);
}

std::string_view to_text(Use use) {
  switch (use) {
    case Use::output: return "output";
    case Use::predicate: return "predicate";
    case Use::join: return "join";
    case Use::grouping: return "grouping";
    case Use::ordering: return "ordering";
    case Use::aggregate: return "aggregate";
    case Use::function_argument: return "function argument";
    case Use::write_source: return "write source";
    case Use::write_target: return "write target";
    case Use::stored_code: return "stored code";
  }
  return "";
}

std::string_view to_text(FlowKind kind) {
  switch (kind) {
    case FlowKind::copied: return "copied";
    case FlowKind::derived: return "derived";
    case FlowKind::aggregated: return "aggregated";
  }
  return "";
}

}  // namespace sluice::sql
