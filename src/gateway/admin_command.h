#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// The language of the admin database: a handful of commands, not SQL.
namespace sluice::gateway {

/// A literal, or a parameter that Bind fills in.
struct AdminArgument {
  std::size_t parameter = 0;        ///< 1: "$1"; 0: `text`
  std::optional<std::string> text;  ///< absent: not given, or NULL
};

struct AdminCommand {
  enum class Verb {
    empty,
    show_approvals,   ///< `all`: of every state
    show_approval,
    approve,
    deny,
    show_clients,
    show_databases,
    show_servers,
    show_usage,
    show_help,
    show_version,
    reload,
    show_constant,    ///< what drivers ask when they connect: `column` and `value`
    begin,
    commit,
    rollback,
    no_effect,        ///< SET, RESET, DISCARD …: `tag` is answered, nothing is done
  };
  Verb verb = Verb::empty;
  AdminArgument id;
  AdminArgument reason;
  bool all = false;
  std::string column;
  std::string value;
  std::string tag;

  [[nodiscard]] std::size_t parameters() const noexcept;  ///< the highest $n
  /// What can neither be undone nor made part of something larger.
  [[nodiscard]] bool decides() const noexcept { return verb == Verb::approve || verb == Verb::deny || verb == Verb::reload; }
};

/// The commands of a text, which semicolons separate. syntax_error: anything else, with a hint; not valid UTF-8 included.
[[nodiscard]] Result<std::vector<AdminCommand>> parse_admin_commands(std::string_view text);

/// Name and explanation of each, as SHOW HELP tells them.
struct AdminHelp {
  const char* command;
  const char* what;
};
[[nodiscard]] const std::vector<AdminHelp>& admin_help();

/// What the admin database says of itself; a version that drivers know how to talk to.
inline constexpr std::string_view kAdminServerVersion = "15.0 (Sluice 0.1.0)";
inline constexpr std::string_view kAdminDatabase = "sluice";

}  // namespace sluice::gateway
