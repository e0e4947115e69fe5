#include "admin/call.h"

#include <algorithm>

namespace sluice::admin {

Result<std::map<std::string, std::string>> query_of(const Call& call, std::initializer_list<std::string_view> names) {
  std::map<std::string, std::string> found;
  for (const auto& [name, value] : call.request.query) {
    if (std::find(names.begin(), names.end(), name) == names.end()) return make_error(ErrorKind::bad_request, "unknown query parameter");
    if (!found.emplace(name, value).second) return make_error(ErrorKind::bad_request, "query parameter \"" + name + "\" occurs twice");
  }
  return found;
}

Status require_person(const Call& call) {
  if (call.caller.kind != auth::IdentityKind::person) return make_error(ErrorKind::denied, "only a person may do this");
  return Done{};
}

}  // namespace sluice::admin
