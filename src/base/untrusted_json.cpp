#include "base/untrusted_json.h"

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace sluice {

namespace {
constexpr int kMaxDepth = 64;
struct Refused {
  const char* why;
};
}  // namespace

Result<nlohmann::json> parse_untrusted(std::string_view text) {
  using nlohmann::json;
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  const auto check = [&keys](int depth, json::parse_event_t event, json& parsed) {
    if (depth >= kMaxDepth) throw Refused{"JSON is nested too deeply"};
    switch (event) {
      case json::parse_event_t::object_start: keys.emplace_back(); break;
      case json::parse_event_t::object_end: keys.pop_back(); break;
      case json::parse_event_t::key:
        if (!keys.back().insert(parsed.get_ref<const std::string&>()).second) throw Refused{"JSON has a duplicate key"};
        break;
      case json::parse_event_t::array_start:
      case json::parse_event_t::array_end:
      case json::parse_event_t::value: break;
    }
    return true;
  };
  try {
    return json::parse(text.begin(), text.end(), check);
  } catch (const Refused& refused) {
    return make_error(ErrorKind::bad_request, refused.why);
  } catch (const json::exception&) {
    return make_error(ErrorKind::bad_request, "text is not valid JSON");
  }
}

}  // namespace sluice
