#include "channels/slack_outbox.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <utility>

#include "approvals/lifecycle.h"
#include "channels/routes.h"
#include "channels/slack_card.h"
#include "control/log.h"

namespace sluice::channels {
namespace {

using approvals::ApprovalRequest;
using approvals::RequestState;
using nlohmann::json;
using std::chrono::seconds;

constexpr const char* kChannel = "slack";
constexpr const char* kEvent = "sluice_approval";
constexpr std::string_view kPerson = "user:";  // of targets that are people
constexpr int kPagesToSearch = 5;

std::string random_nonce() {
  std::array<std::uint8_t, 16> bytes{};
  fill_random(bytes);
  return to_hex(bytes);
}

std::int64_t unix_seconds(Timestamp at) { return std::chrono::duration_cast<seconds>(at.time_since_epoch()).count(); }

std::string text_of(const json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const json& member(const json& object, const char* name) {
  static const json missing;
  if (!object.is_object()) return missing;
  const auto found = object.find(name);
  return found == object.end() ? missing : *found;
}

bool too_big_for_slack(const std::string& error) {
  return error == "invalid_blocks" || error == "msg_too_long" || error == "msg_blocks_too_long" || error == "invalid_blocks_format";
}
// The message is as it is for ever.
bool cannot_edit(const std::string& error) {
  return error == "cant_update_message" || error == "edit_window_closed" || error == "is_inactive" || error == "message_not_found";
}

bool wants(const config::ChannelRoute& route, const std::set<GroupId>& groups) {
  return route.approver_groups.empty() ||
         std::any_of(route.approver_groups.begin(), route.approver_groups.end(), [&](const GroupId& group) { return groups.contains(group); });
}

void add_route(const config::SlackChannel& slack, const std::set<GroupId>& groups, std::vector<std::string>& targets) {
  for (const config::ChannelRoute& route : slack.routes) {
    if (!wants(route, groups)) continue;
    if (std::find(targets.begin(), targets.end(), route.target) == targets.end()) targets.push_back(route.target);
    return;
  }
}

}  // namespace

struct SlackOutbox::Rendered {
  json message;
  json short_message;
  std::string digest;
  RequestState state = RequestState::pending;
};

std::string SlackCopy::to_text() const { return json{{"channel", channel}, {"ts", ts}, {"nonce", nonce}, {"since", since}}.dump(); }

SlackCopy SlackCopy::from_text(const std::string& text) {
  const json from = json::parse(text, nullptr, false);
  SlackCopy copy{text_of(from, "channel"), text_of(from, "ts"), text_of(from, "nonce"), 0};
  if (member(from, "since").is_number_integer()) copy.since = member(from, "since").get<std::int64_t>();
  return copy;
}

net::awaitable<Result<approvals::DecisionCard>> SlackOutbox::card(ApprovalRequest request) {
  auto asking = backend_.desk.history(request);
  Result<approvals::CardHistory> history = co_await std::move(asking);
  if (!history.ok()) co_return std::move(history).error();
  const auto slack = api_.settings();
  co_return approvals::make_card(request, *history, limits_of(slack ? slack->disclosure : config::Disclosure{}));
}

// The channels of those who may decide, and the people who answer for the requester.
net::awaitable<std::vector<std::string>> SlackOutbox::targets(const ApprovalRequest& request) {
  std::vector<std::string> targets;
  const auto slack = api_.settings();
  if (!slack) co_return targets;
  const policy::RequireApproval requirement = request.requirement;
  std::set<GroupId> groups(requirement.approver_groups.begin(), requirement.approver_groups.end());
  for (const auto& further : requirement.further_approver_groups) groups.insert(further.begin(), further.end());
  add_route(*slack, groups, targets);
  if (request.escalated) add_route(*slack, {requirement.escalation_groups.begin(), requirement.escalation_groups.end()}, targets);
  const auth::Identity requester = request.held.requester;
  IdentityId human = requester.kind == auth::IdentityKind::person ? requester.id : requester.acts_for;
  if (human.empty()) human = requester.owner;
  auto asking = people_.users_of(std::move(human));
  const std::vector<std::string> users = co_await std::move(asking);
  for (const std::string& user : users) targets.push_back(std::string(kPerson) + user);
  co_return targets;
}

net::awaitable<Status> SlackOutbox::refresh(RequestId id) {
  auto getting = backend_.desk.get(id);
  Result<ApprovalRequest> request = co_await std::move(getting);
  if (!request.ok() && request.error().kind == ErrorKind::not_found) co_return Done{};
  if (!request.ok()) co_return std::move(request).error();
  auto choosing = targets(*request);
  std::vector<std::string> places = co_await std::move(choosing);
  auto listing = backend_.channels.messages(kChannel, id);
  Result<std::vector<store::ChannelMessage>> copies = co_await std::move(listing);
  if (!copies.ok()) co_return std::move(copies).error();
  for (const store::ChannelMessage& copy : *copies) {
    if (std::find(places.begin(), places.end(), copy.target) == places.end()) places.push_back(copy.target);
  }
  Status worst = Done{};
  for (const std::string& place : places) {
    auto showing = show(id, place);
    Status shown = co_await std::move(showing);
    if (!shown.ok()) worst = std::move(shown);
  }
  co_return worst;
}

net::awaitable<Result<SlackOutbox::Rendered>> SlackOutbox::render(RequestId id, std::string target, std::string nonce) {
  auto getting = backend_.desk.get(id);
  Result<ApprovalRequest> request = co_await std::move(getting);
  if (!request.ok()) co_return std::move(request).error();
  auto making = card(*request);
  Result<approvals::DecisionCard> shown = co_await std::move(making);
  if (!shown.ok()) co_return std::move(shown).error();
  SlackButtons buttons;
  if (!target.starts_with(kPerson)) buttons.value = button_value(id, nonce);  // the requester's side cannot decide
  const std::string url = backend_.board.config()->channels.public_url;
  if (!url.empty()) buttons.open_url = url + "/approvals/" + id.text;
  Rendered rendered{slack_message(*shown, buttons), slack_short_message(*shown, buttons), {}, request->state};
  rendered.digest = to_hex(sha256(rendered.message.dump()));
  co_return rendered;
}

net::awaitable<Result<std::string>> SlackOutbox::place_of(std::string target) {
  if (!target.starts_with(kPerson)) co_return target;
  const std::string user = target.substr(kPerson.size());
  if (const auto known = direct_.find(user); known != direct_.end()) co_return known->second;
  json arguments{{"users", user}};
  auto calling = api_.call("conversations.open", std::move(arguments));
  Result<SlackAnswer> answer = co_await std::move(calling);
  if (!answer.ok()) co_return std::move(answer).error();
  const std::string place = text_of(member(answer->body, "channel"), "id");
  if (!answer->error.empty() || place.empty()) co_return make_error(ErrorKind::upstream_unavailable, "Slack: conversations.open: " + answer->error);
  direct_[user] = place;
  co_return place;
}

net::awaitable<Status> SlackOutbox::show(RequestId id, std::string target) {
  auto listing = backend_.channels.messages(kChannel, id);
  Result<std::vector<store::ChannelMessage>> copies = co_await std::move(listing);
  if (!copies.ok()) co_return std::move(copies).error();
  const auto known = std::find_if(copies->begin(), copies->end(), [&](const store::ChannelMessage& copy) { return copy.target == target; });
  const bool is_new = known == copies->end();
  SlackCopy copy = is_new ? SlackCopy{{}, {}, random_nonce(), unix_seconds(backend_.clock.now())} : SlackCopy::from_text(known->reference);
  const std::string shown = is_new ? std::string() : known->shown;

  auto looking = render(id, target, copy.nonce);
  Result<Rendered> rendered = co_await std::move(looking);
  if (!rendered.ok()) co_return std::move(rendered).error();
  if (is_new && rendered->state != RequestState::pending) co_return Done{};  // there is nothing to decide any more
  if (!copy.ts.empty() && rendered->digest == shown) co_return Done{};

  if (copy.channel.empty()) {
    auto finding = place_of(target);
    Result<std::string> place = co_await std::move(finding);
    if (!place.ok()) co_return std::move(place).error();
    copy.channel = *place;
  }
  auto waiting = api_.turn(copy.channel);
  co_await std::move(waiting);
  auto rendering = render(id, target, copy.nonce);  // the request may have moved on meanwhile
  rendered = co_await std::move(rendering);
  if (!rendered.ok()) co_return std::move(rendered).error();
  if (copy.ts.empty() && !is_new) {
    auto searching = find_posted(copy);
    Result<std::string> ts = co_await std::move(searching);
    if (!ts.ok()) co_return std::move(ts).error();
    copy.ts = *ts;
  }
  if (copy.ts.empty() && rendered->state != RequestState::pending) co_return Done{};
  auto writing = copy.ts.empty() ? post(id, target, copy, std::move(*rendered)) : edit(id, target, copy, std::move(*rendered));
  co_return co_await std::move(writing);
}

// A message that we may have posted before we died: the one that carries the nonce. Empty: there is none, or Slack does not let us look.
net::awaitable<Result<std::string>> SlackOutbox::find_posted(SlackCopy copy) {
  std::string cursor;
  for (int page = 0; page < kPagesToSearch; ++page) {
    json arguments{{"channel", copy.channel}, {"oldest", std::to_string(copy.since - 60)}, {"include_all_metadata", true}, {"limit", 200}};
    if (!cursor.empty()) arguments["cursor"] = cursor;
    auto calling = api_.call("conversations.history", std::move(arguments));
    Result<SlackAnswer> answer = co_await std::move(calling);
    if (!answer.ok()) co_return std::move(answer).error();
    if (!answer->error.empty()) {
      control::log_warning("Slack: cannot look for a card that may have been posted: " + answer->error);
      co_return std::string();
    }
    const json& messages = member(answer->body, "messages");
    if (messages.is_array()) {
      for (const json& message : messages) {
        const json& metadata = member(message, "metadata");
        if (text_of(metadata, "event_type") == kEvent && text_of(member(metadata, "event_payload"), "nonce") == copy.nonce) co_return text_of(message, "ts");
      }
    }
    cursor = text_of(member(answer->body, "response_metadata"), "next_cursor");
    if (cursor.empty()) break;
  }
  co_return std::string();
}

net::awaitable<Status> SlackOutbox::post(RequestId id, std::string target, SlackCopy copy, Rendered rendered) {
  copy.ts.clear();
  store::ChannelMessage intended{id, target, copy.to_text(), {}};
  auto noting = backend_.channels.keep(kChannel, std::move(intended));  // so that the next life knows of it
  Status noted = co_await std::move(noting);
  if (!noted.ok()) co_return noted;
  json message = rendered.message;
  Result<SlackAnswer> answer = SlackAnswer{};
  for (int attempt = 0; attempt < 2; ++attempt) {
    message["channel"] = copy.channel;
    message["unfurl_links"] = message["unfurl_media"] = false;
    message["metadata"] = {{"event_type", kEvent}, {"event_payload", {{"request", id.text}, {"nonce", copy.nonce}}}};
    auto calling = api_.call("chat.postMessage", message);
    answer = co_await std::move(calling);
    if (!answer.ok()) co_return std::move(answer).error();
    if (!too_big_for_slack(answer->error)) break;
    message = rendered.short_message;
  }
  copy.ts = text_of(answer->body, "ts");
  const std::string place = text_of(answer->body, "channel");
  if (!answer->error.empty() || copy.ts.empty()) co_return make_error(ErrorKind::upstream_unavailable, "Slack: chat.postMessage: " + answer->error);
  if (!place.empty()) copy.channel = place;
  store::ChannelMessage posted{id, target, copy.to_text(), rendered.digest};
  auto keeping = backend_.channels.keep(kChannel, std::move(posted));
  co_return co_await std::move(keeping);
}

net::awaitable<Status> SlackOutbox::edit(RequestId id, std::string target, SlackCopy copy, Rendered rendered) {
  json message = rendered.message;
  Result<SlackAnswer> answer = SlackAnswer{};
  for (int attempt = 0; attempt < 2; ++attempt) {
    message["channel"] = copy.channel;
    message["ts"] = copy.ts;
    auto calling = api_.call("chat.update", message);
    answer = co_await std::move(calling);
    if (!answer.ok()) co_return std::move(answer).error();
    if (!too_big_for_slack(answer->error)) break;
    message = rendered.short_message;
  }
  if (answer->error == "message_not_found" && rendered.state == RequestState::pending) {
    copy.nonce = random_nonce();  // somebody deleted the card: those who decide need one
    auto posting = post(id, target, copy, std::move(rendered));
    co_return co_await std::move(posting);
  }
  if (!answer->error.empty() && !cannot_edit(answer->error)) co_return make_error(ErrorKind::upstream_unavailable, "Slack: chat.update: " + answer->error);
  store::ChannelMessage edited{id, target, copy.to_text(), rendered.digest};
  auto keeping = backend_.channels.keep(kChannel, std::move(edited));
  co_return co_await std::move(keeping);
}

net::awaitable<Result<bool>> SlackOutbox::owns(SlackInteraction click) {
  auto listing = backend_.channels.messages(kChannel, click.request);
  Result<std::vector<store::ChannelMessage>> copies = co_await std::move(listing);
  if (!copies.ok()) co_return std::move(copies).error();
  bool right_nonce = false;
  bool known = false;
  for (const store::ChannelMessage& message : *copies) {
    const SlackCopy copy = SlackCopy::from_text(message.reference);
    if (copy.channel != click.channel || !equal_constant_time(copy.nonce, click.nonce)) continue;
    right_nonce = true;
    known = known || copy.ts == click.message;
  }
  if (right_nonce && !known) {
    SlackCopy lost{click.channel, click.message, click.nonce, unix_seconds(backend_.clock.now())};
    store::ChannelMessage adopted{click.request, click.channel + "/" + click.message, lost.to_text(), {}};
    auto keeping = backend_.channels.keep(kChannel, std::move(adopted));
    Status kept = co_await std::move(keeping);
    if (!kept.ok()) co_return std::move(kept).error();
  }
  co_return right_nonce;
}

}  // namespace sluice::channels
