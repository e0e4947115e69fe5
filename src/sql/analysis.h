#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ids.h"

namespace sluice::sql {

/// What a statement is, one value for each kind that Sluice understands.
enum class StatementKind {
  select, insert, update, delete_, merge,
  copy_out, copy_in,           ///< COPY … TO STDOUT, COPY … FROM STDIN
  copy_server_file,            ///< COPY to or from a file or program of the server
  explain,
  begin, commit, rollback, savepoint, release_savepoint, rollback_to_savepoint,
  set_setting, reset_setting, show_setting, discard,
  declare_cursor, fetch, close_cursor,
  prepare, execute, deallocate,
  listen, unlisten, notify,
  lock_table, truncate,
  create_temporary,            ///< a temporary table, filled or empty
  create_table_as,             ///< into a permanent table
  ddl,                         ///< every other change of the schema
  role,                        ///< CREATE/ALTER/DROP ROLE, GRANT, REVOKE, SET ROLE …
  secret_rotation,             ///< ALTER ROLE … PASSWORD, user mappings with options
  maintenance,                 ///< VACUUM, ANALYZE, REINDEX, CLUSTER, CHECKPOINT, REFRESH …
  code,                        ///< DO, CALL
  two_phase,                   ///< PREPARE TRANSACTION and its kin
  // What passes under Grade::audit_only (policy/grade.h) though the analyser cannot tell what it is:
  unknown,                     ///< a text that is not understood
  function_call,               ///< the protocol's FunctionCall
  replication,                 ///< a command on a replication connection
};
inline constexpr StatementKind kLastStatementKind = StatementKind::replication;

/// What a person would call the thing that is being done; policy rules speak of these.
/// A statement has one or more of them, sorted and without duplicates. Some stand for several kinds (covers()):
/// rules may name either, a statement has the kind.
enum class Action {
  select, insert, update, delete_, truncate,
  export_,              ///< stands for: export.copy, export.schema
  copy_in,
  explain,
  transaction, session, ///< session: SET, SHOW, cursors, LISTEN …
  temporary,            ///< create temporary objects
  ddl, role_change, secret_rotation, maintenance, code, server_file, lock,
  mass_write,           ///< UPDATE or DELETE without a predicate on a unique key
  replication,          ///< a replication connection: all rows of all tables, in clear
  // the kinds
  export_copy,          ///< COPY … TO STDOUT
  export_schema,        ///< rows of one schema written into a permanent table of another
  ddl_create, ddl_alter, ddl_drop,
  ddl_comment,          ///< COMMENT, SECURITY LABEL
  ddl_routine,          ///< what makes the server run code: functions, triggers, rules, casts, operators …
  role_change_role,     ///< CREATE, ALTER, DROP ROLE
  role_change_grant,    ///< GRANT, REVOKE, default privileges
  role_change_owner,    ///< … OWNER TO, REASSIGN OWNED, DROP OWNED
  role_change_policy,   ///< row security, SECURITY DEFINER
  server_file_read, server_file_write, server_file_program,
  extension,            ///< CREATE, ALTER, DROP EXTENSION; besides ddl
  outbound,             ///< connections of the server to others: foreign servers, subscriptions …; besides ddl
};
inline constexpr Action kLastAction = Action::outbound;
using ActionBits = std::uint64_t;
[[nodiscard]] constexpr ActionBits action_bit(Action action) noexcept { return ActionBits{1} << static_cast<unsigned>(action); }

/// Is `action` what `named` says, or one of the kinds that it stands for?
[[nodiscard]] bool covers(Action named, Action action) noexcept;

enum class Use { output, predicate, join, grouping, ordering, aggregate, function_argument, write_source, write_target, stored_code };
enum class FlowKind { copied, derived, aggregated };

/// One column of which a value flows into an output.
struct FlowSource {
  ColumnId column;
  FlowKind kind = FlowKind::copied;
  friend auto operator<=>(const FlowSource&, const FlowSource&) = default;
};

struct OutputColumn {
  std::string name;
  std::vector<FlowSource> flow;  ///< sorted, no duplicates
  ColumnId plain{};              ///< the column of a table or view that it is, unchanged, in the row description; relation 0: none
  friend bool operator==(const OutputColumn&, const OutputColumn&) = default;
};

/// A relation that the statement touches, views included, and how.
struct RelationAccess {
  Oid relation = 0;
  bool reads = false;
  bool inserts = false;
  bool updates = false;
  bool deletes = false;  ///< also TRUNCATE
  friend auto operator<=>(const RelationAccess&, const RelationAccess&) = default;
};

struct ColumnUse {
  ColumnId column;
  Use use = Use::output;
  friend auto operator<=>(const ColumnUse&, const ColumnUse&) = default;
};

// What a statement does to the state of its session, for the session to follow once it succeeded.
struct SettingChange {
  std::string name;                 ///< lower case; empty: all (RESET ALL)
  std::vector<std::string> values;  ///< empty: to the default
  bool local = false;
  friend bool operator==(const SettingChange&, const SettingChange&) = default;
};
struct CursorUse {   ///< DECLARE, FETCH, MOVE, CLOSE (empty name: CLOSE ALL)
  std::string cursor;
  bool with_hold = false;
  bool binary = false;
  friend bool operator==(const CursorUse&, const CursorUse&) = default;
};
struct PreparedUse { ///< PREPARE, EXECUTE, DEALLOCATE (empty name: DEALLOCATE ALL); EXPLAIN and CREATE TABLE AS with EXECUTE
  std::string statement;
  bool executes = false;    ///< what was prepared is executed, or explained
  bool explains = false;    ///< EXPLAIN without ANALYZE: nothing runs
  bool shows_costs = false; ///< EXPLAIN that shows more than the shape of the plan
  friend bool operator==(const PreparedUse&, const PreparedUse&) = default;
};
struct DiscardChange {
  bool all = false;        ///< otherwise only plans, sequences or temporary tables
  bool temporary = false;  ///< DISCARD TEMP
  friend bool operator==(const DiscardChange&, const DiscardChange&) = default;
};
using SessionChange = std::variant<std::monostate, SettingChange, CursorUse, PreparedUse, DiscardChange>;

/// The answer of the analyser. A value: comparable, printable; oids and names, never data.
struct Analysis {
  StatementKind kind = StatementKind::select;
  std::vector<Action> actions;
  std::vector<RelationAccess> relations;  ///< sorted by oid
  /// Functions and rules that the statement sets off (triggers, defaults, row security …) of which nobody but the policy can
  /// say what they do: "schema.name". Sorted, no duplicates.
  std::vector<std::string> unknown_code;
  std::vector<OutputColumn> outputs;      ///< in order; empty for statements without a result
  std::vector<ColumnUse> uses;            ///< sorted, no duplicates; base columns, views looked through
  std::optional<std::uint64_t> max_rows;  ///< rows that can come out at most, where the text alone proves it
  SessionChange session_change;
  bool returns_rows = false;
  bool runs_listed_code = false;          ///< calls functions that the policy lists: nobody knows what they do
  bool changes_catalog = false;           ///< the catalog snapshot must be renewed after it
  int parameters = 0;                     ///< the highest $n

  friend bool operator==(const Analysis&, const Analysis&) = default;
};

[[nodiscard]] std::string_view to_text(StatementKind kind);  ///< "select", "delete", "copy out" …
[[nodiscard]] std::string_view to_text(Action action);       ///< as written in policies: "export", "role_change" …
[[nodiscard]] std::optional<Action> action_from_text(std::string_view text);
[[nodiscard]] std::string_view to_text(Use use);
[[nodiscard]] std::string_view to_text(FlowKind kind);

}  // namespace sluice::sql
