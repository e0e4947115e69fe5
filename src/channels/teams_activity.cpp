#include "channels/teams_activity.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "approvals/request_id.h"
#include "base/untrusted_json.h"
#include "channels/teams_card.h"

namespace sluice::channels {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxIdBytes = 512;
constexpr std::size_t kMaxReasonBytes = 8000;

const json& member(const json& object, const char* name) {
  static const json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(name);
  return found == object.end() ? kNothing : *found;
}

std::string text_of(const json& object, const char* name, std::size_t limit = kMaxIdBytes) {
  const json& value = member(object, name);
  if (!value.is_string()) return {};
  const auto& text = value.get_ref<const std::string&>();
  return text.size() <= limit ? text : std::string();
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

/// Both places that name it must agree.
std::string tenant_of(const json& activity) {
  const std::string first = lower(text_of(member(activity, "conversation"), "tenantId"));
  const std::string second = lower(text_of(member(member(activity, "channelData"), "tenant"), "id"));
  if (first.empty() || second.empty()) return first.empty() ? second : first;
  return first == second ? first : std::string();
}

TeamsAction action_of(const json& data, std::string verb, bool manual) {
  TeamsAction action;
  for (const char* known : {kTeamsApprove, kTeamsDeny, kTeamsLink, kTeamsRefresh}) {
    if (verb == known) action.verb = std::move(verb);
  }
  action.manual = manual;
  action.request.text = text_of(data, "request");
  if (!approvals::is_request_id(action.request.text)) action.request.text.clear();
  action.nonce = text_of(data, "nonce");
  action.shown = text_of(data, "shown");
  action.reason = text_of(data, action.verb == kTeamsApprove ? kTeamsApproveReason : kTeamsDenyReason, kMaxReasonBytes);
  return action;
}

TeamsAction action_in(const json& activity, const TeamsActivity& decoded) {
  const json& value = member(activity, "value");
  if (decoded.type == "invoke" && decoded.name == "adaptiveCard/action") {
    const json& action = member(value, "action");
    if (text_of(action, "type") != "Action.Execute") return {};
    return action_of(member(action, "data"), text_of(action, "verb"), text_of(value, "trigger") == "manual");
  }
  if (decoded.type == "message" && value.is_object()) return action_of(value, text_of(value, "verb"), true);  // Action.Submit
  return {};
}

}  // namespace

Result<TeamsActivity> decode_activity(std::string_view body) {
  SLUICE_TRY(activity, parse_untrusted(body));
  if (!activity.is_object()) return make_error(ErrorKind::bad_request, "activity is not a JSON object");
  TeamsActivity decoded;
  decoded.type = text_of(activity, "type");
  decoded.name = text_of(activity, "name");
  decoded.id = text_of(activity, "id");
  decoded.channel_id = text_of(activity, "channelId");
  decoded.service_url = text_of(activity, "serviceUrl");
  decoded.conversation = text_of(member(activity, "conversation"), "id");
  decoded.conversation = decoded.conversation.substr(0, decoded.conversation.find(";messageid="));
  decoded.personal = text_of(member(activity, "conversation"), "conversationType") == "personal";
  decoded.tenant = tenant_of(activity);
  decoded.person = lower(text_of(member(activity, "from"), "aadObjectId"));
  decoded.member = text_of(member(activity, "from"), "id");
  decoded.reply_to = text_of(activity, "replyToId");
  decoded.action = action_in(activity, decoded);
  return decoded;
}

}  // namespace sluice::channels
