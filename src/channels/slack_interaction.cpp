#include "channels/slack_interaction.h"

#include <nlohmann/json.hpp>

#include "approvals/request_id.h"
#include "base/untrusted_json.h"
#include "net/http.h"

namespace sluice::channels {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxText = 4096;  // no member that we read is longer

Error not_ours() { return make_error(ErrorKind::bad_request, "the payload is no interaction with a card"); }

const json& member(const json& object, const char* name) {
  static const json missing;
  if (!object.is_object()) return missing;
  const auto found = object.find(name);
  return found == object.end() ? missing : *found;
}

std::string text_of(const json& object, const char* name) {
  const json& value = member(object, name);
  if (!value.is_string() || value.get_ref<const std::string&>().size() > kMaxText) return {};
  return value.get<std::string>();
}

// Ids of Slack: nothing else becomes part of a name in the store or of a call.
bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 40 && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == std::string_view::npos;
}
bool is_time(std::string_view text) { return !text.empty() && text.size() <= 30 && text.find_first_not_of("0123456789.") == std::string_view::npos; }

bool read_value(std::string_view value, SlackInteraction& to) {
  const std::size_t colon = value.find(':');
  if (colon == std::string_view::npos) return false;
  to.request.text = value.substr(0, colon);
  to.nonce = value.substr(colon + 1);
  return approvals::is_request_id(to.request.text) && to.nonce.size() == 32 &&
         to.nonce.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Result<SlackInteraction> read_button(const json& payload, SlackInteraction read) {
  const json& actions = member(payload, "actions");
  if (!actions.is_array() || actions.size() != 1) return not_ours();
  const std::string id = text_of(actions[0], "action_id");
  if (id == kOpenAction) return read;
  if (id != kApproveAction && id != kDenyAction) return not_ours();
  read.action = id == kApproveAction ? SlackAction::approve : SlackAction::deny;
  read.channel = text_of(member(payload, "container"), "channel_id");
  if (read.channel.empty()) read.channel = text_of(member(payload, "channel"), "id");
  read.message = text_of(member(payload, "container"), "message_ts");
  if (read.message.empty()) read.message = text_of(member(payload, "message"), "ts");
  const std::string time = text_of(actions[0], "action_ts");
  if (!is_id(read.channel) || !is_time(read.message) || !is_time(time) || !read_value(text_of(actions[0], "value"), read)) return not_ours();
  read.sight = "button/" + read.user + "/" + id + "/" + read.channel + "/" + read.message + "/" + time;
  return read;
}

Result<SlackInteraction> read_form(const json& payload, SlackInteraction read) {
  const json& view = member(payload, "view");
  const std::string callback = text_of(view, "callback_id");
  if (callback != kApproveAction && callback != kDenyAction) return not_ours();
  read.form = true;
  read.action = callback == kApproveAction ? SlackAction::approve : SlackAction::deny;
  SLUICE_TRY(place, parse_untrusted(text_of(view, "private_metadata")));
  read.channel = text_of(place, "channel");
  read.message = text_of(place, "message");
  const std::string id = text_of(view, "id");
  if (!is_id(read.channel) || !is_time(read.message) || !is_id(id) || !read_value(text_of(place, "value"), read)) return not_ours();
  read.reason = text_of(member(member(member(member(view, "state"), "values"), kReasonBlock), kReasonInput), "value");
  read.sight = "form/" + read.user + "/" + id;
  return read;
}

}  // namespace

Result<SlackInteraction> interaction_from_payload(const json& payload) {
  SlackInteraction read;
  read.app = text_of(payload, "api_app_id");
  read.team = text_of(member(payload, "team"), "id");
  read.user = text_of(member(payload, "user"), "id");
  read.user_team = text_of(member(payload, "user"), "team_id");
  if (read.user_team.empty()) read.user_team = read.team;
  read.trigger = text_of(payload, "trigger_id");
  if (!is_id(read.user) || !is_id(read.user_team)) return not_ours();
  const std::string type = text_of(payload, "type");
  if (type == "block_actions") return read_button(payload, std::move(read));
  if (type == "view_submission") return read_form(payload, std::move(read));
  if (type == "view_closed") return read;
  return not_ours();
}

Result<SlackInteraction> interaction_from_form(std::string_view body) {
  std::string path;
  std::vector<net::HttpField> fields;
  if (!net::parse_target("/?" + std::string(body), path, fields) || fields.size() != 1 || fields[0].first != "payload") return not_ours();
  SLUICE_TRY(payload, parse_untrusted(fields[0].second));
  return interaction_from_payload(payload);
}

Status check_origin(const SlackInteraction& interaction, const config::SlackChannel& slack) {
  if (interaction.app != slack.app_id) return make_error(ErrorKind::denied, "another app's callback");
  if (!slack.teams.contains(interaction.team)) return make_error(ErrorKind::denied, "a callback from another workspace");
  if (!slack.teams.contains(interaction.user_team)) return make_error(ErrorKind::denied, "an account of another organisation");
  return Done{};
}

std::string button_value(const RequestId& request, const std::string& nonce) { return request.text + ":" + nonce; }

std::string form_metadata(const SlackInteraction& button) {
  return json{{"channel", button.channel}, {"message", button.message}, {"value", button_value(button.request, button.nonce)}}.dump();
}

}  // namespace sluice::channels
