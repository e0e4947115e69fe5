#include "sql/settings.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace sluice::sql {

namespace {
// Sorted. None of these changes what a statement means or what it may see; those that change how results look are the
// agent's own business. Settings of the planner are missing on purpose: they can choose the order in which rows come out
// (of an index over a masked column, say). Those of memory only bound what sorts and hashes keep of what they are given.
constexpr std::string_view kFree[] = {
    "application_name", "bytea_output", "check_function_bodies", "client_connection_check_interval", "client_min_messages", "datestyle",
    "default_table_access_method", "default_tablespace", "default_text_search_config", "default_toast_compression",
    "default_transaction_deferrable", "default_transaction_isolation", "default_transaction_read_only", "escape_string_warning",
    "extra_float_digits", "hash_mem_multiplier", "idle_in_transaction_session_timeout", "idle_session_timeout", "intervalstyle", "jit",
    "jit_above_cost", "lc_monetary", "lc_numeric", "lc_time", "lock_timeout", "maintenance_work_mem", "search_path",
    "statement_timeout", "synchronous_commit", "temp_buffers", "temp_tablespaces", "timezone", "transaction_deferrable",
    "transaction_isolation", "transaction_read_only", "work_mem", "xmlbinary", "xmloption",
};
static_assert(std::is_sorted(std::begin(kFree), std::end(kFree)));

constexpr std::string_view kHarmless[] = {
    "application_name", "bytea_output", "client_min_messages", "datestyle", "extra_float_digits", "idle_in_transaction_session_timeout",
    "intervalstyle", "jit", "lock_timeout", "statement_timeout", "synchronous_commit", "timezone", "work_mem",
};
static_assert(std::is_sorted(std::begin(kHarmless), std::end(kHarmless)));

// First parts of settings that no module of PostgreSQL has: applications keep what they like under them, and only code that the
// database's owner wrote looks at it.
constexpr std::string_view kOfApplications[] = {"app", "application", "audit", "context", "current", "custom", "my", "myapp", "request", "rls", "session",
                                                "tenant", "user", "var", "vars"};
static_assert(std::is_sorted(std::begin(kOfApplications), std::end(kOfApplications)));

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

// The value to which a setting is bound; empty: not bound.
std::string_view bound_value(std::string_view name) {
  if (name == "client_encoding" || name == "names") return "utf8";
  if (name == "standard_conforming_strings") return "on";
  if (name == "backslash_quote") return "safe_encoding";
  if (name == "row_security") return "on";
  return {};
}

bool same_value(std::string_view bound, std::string_view value) {
  if (bound != "utf8") return value == bound || (bound == "on" && (value == "true" || value == "1" || value == "yes"));
  return value == "utf8" || value == "utf-8" || value == "unicode" || value == "'utf-8'";
}
}  // namespace

bool is_harmless_setting(std::string_view name) { return std::binary_search(std::begin(kHarmless), std::end(kHarmless), name); }

bool is_of_application(std::string_view name) {
  const std::size_t dot = name.find('.');
  return dot != std::string_view::npos && std::binary_search(std::begin(kOfApplications), std::end(kOfApplications), name.substr(0, dot));
}

Status check_setting(std::string_view name, std::string_view value) {
  const std::string setting = lower(name);
  if (std::binary_search(std::begin(kFree), std::end(kFree), std::string_view(setting)) || is_of_application(setting)) return Done{};
  const std::string_view bound = bound_value(setting);
  if (!bound.empty() && (value.empty() || same_value(bound, lower(value)))) return Done{};
  if (!bound.empty()) {
    return make_error(ErrorKind::not_supported, "parameter \"" + setting + "\" cannot be changed to another value here",
                      "the only value of it that Sluice supports is " + std::string(bound));
  }
  return make_error(ErrorKind::not_supported, "parameter \"" + setting + "\" cannot be set here",
                    "leave it at the value that the database has for it");
}

}  // namespace sluice::sql
