#include "gateway/upstream_errors.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sluice::gateway {

namespace {
constexpr std::array<std::string_view, 5> kNotNow{
    "the database system is starting up", "the database system is shutting down", "the database system is in recovery mode",
    "the database system is not yet accepting connections", "the database system is not accepting connections"};

Error not_now(const std::string& message) {
  const bool known = std::find(kNotNow.begin(), kNotNow.end(), message) != kNotNow.end();
  return make_error(ErrorKind::cannot_connect_now, known ? message : std::string(kNotNow.back()));
}

std::string quoted(const DatabaseAlias& database) { return "\"" + database.text + "\""; }
}  // namespace

Error unreachable() { return make_error(ErrorKind::upstream_unavailable, "could not connect to the upstream server", "Try again later."); }

Error login_error(const protocol::LoginFlow& flow, const DatabaseAlias& database, bool own_name) {
  const protocol::NoticeFields* said = flow.upstream_error();
  if (said == nullptr) return unreachable();
  const std::string& code = said->code;
  if (code == "53300") return make_error(ErrorKind::too_many_connections, "sorry, too many clients already");
  if (code == "57P03") return not_now(said->message);
  if (code == "3D000") return make_error(ErrorKind::unknown_database, "database " + quoted(database) + " does not exist");
  if (code == "55000") return make_error(ErrorKind::cannot_connect_now, "database " + quoted(database) + " is not currently accepting connections");
  if (code == "42501" && said->message.starts_with("permission denied for database")) {
    return make_error(ErrorKind::denied, "permission denied for database " + quoted(database));
  }
  if (own_name && code == "28000" && said->message.starts_with("role \"")) return make_error(ErrorKind::invalid_authorization, said->message);
  if (code.starts_with("28")) {
    return make_error(ErrorKind::upstream_unavailable, "the gateway could not log in to the upstream server",
                      "This is not about your own password; the gateway's log says what it is about.");
  }
  if (flow.authenticated()) {
    // A setting that the upstream does not take is the agent's own mistake.
    if (code.starts_with("22")) return make_error(ErrorKind::invalid_parameter_value, said->message);
    if (code == "42704") return make_error(ErrorKind::undefined_object, said->message);
    if (code == "42501" && said->message.starts_with("permission denied to set parameter")) return make_error(ErrorKind::denied, said->message);
  }
  return unreachable();
}

}  // namespace sluice::gateway
