#include "channels/teams_card.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "approvals/card_text.h"
#include "base/digest.h"

namespace sluice::channels {
namespace {

using approvals::DecisionCard;
using approvals::RequestState;

constexpr std::size_t kMaxLines = 60;  // of the statement
constexpr std::size_t kMaxItems = 20;  // of a list
constexpr std::size_t kMaxReason = 500;

struct StateText {
  const char* title;
  const char* style;  // of the container: never the only sign
};

StateText text_of(RequestState state) {
  switch (state) {
    case RequestState::pending: return {"Approval needed", "accent"};
    case RequestState::approved: return {"Approved, has not run yet", "good"};
    case RequestState::denied: return {"Denied", "attention"};
    case RequestState::expired: return {"Expired without a decision: denied", "warning"};
    case RequestState::withdrawn: return {"Withdrawn", "warning"};
    case RequestState::consumed: return {"Approved and used", "good"};
  }
  return {"Unknown", "attention"};
}

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& item : list) out += (out.empty() ? "" : ", ") + item;
  return out;
}

template <class List>
void cut_list(List& list, std::size_t limit, const char* what, std::vector<std::string>& left_out) {
  if (list.size() <= limit) return;
  left_out.push_back(fmt::format("{} {} are left out", list.size() - limit, what));
  list.resize(limit);
}

/// The first `limit` bytes, at a boundary of characters.
bool cut_text(std::string& text, std::size_t limit) {
  if (text.size() <= limit) return false;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  text.resize(limit);
  text += "…";
  return true;
}

void cut_lines(std::string& text, std::vector<std::string>& left_out) {
  std::size_t end = 0;
  for (std::size_t line = 0; line < kMaxLines; ++line) {
    end = text.find('\n', end == 0 ? 0 : end + 1);
    if (end == std::string::npos) return;
  }
  text.resize(end);
  text += "\n…";
  left_out.emplace_back("the statement has too many lines");
}

CardJson data_of(const DecisionCard& card, const TeamsCardOptions& options) {
  return CardJson{{"request", card.id.text}, {"nonce", options.nonce}, {"shown", options.shown}};
}

/// Action.Execute, or for old clients Action.Submit, which does not say its verb by itself.
CardJson execute(const char* verb, const char* title, const char* style, const DecisionCard& card, const TeamsCardOptions& options) {
  CardJson data = data_of(card, options);
  CardJson action{{"type", "Action.Execute"}, {"title", title}, {"verb", verb}, {"data", data}};
  data["verb"] = verb;
  action["fallback"] = CardJson{{"type", "Action.Submit"}, {"title", title}, {"data", std::move(data)}};
  if (style != nullptr) action["style"] = action["fallback"]["style"] = style;
  return action;
}

CardJson reason_input(const char* id, bool required) {
  CardJson input{{"type", "Input.Text"}, {"id", id}, {"label", required ? "Reason (needed)" : "Reason"}, {"isMultiline", true}, {"maxLength", kMaxReason}};
  if (required) {
    input["isRequired"] = true;
    input["errorMessage"] = "This rule asks for a reason.";
  }
  return input;
}

/// A button that opens a form: what will happen, a reason, and the button that does it.
CardJson decision(const char* verb, const char* title, const char* style, const char* reason_id, bool reason_required, const std::string& effect,
                  const DecisionCard& card, const TeamsCardOptions& options) {
  CardJson form{{"type", "AdaptiveCard"}, {"version", "1.5"}};
  form["body"] = CardJson::array({text_line(effect), reason_input(reason_id, reason_required)});
  form["actions"] = CardJson::array({execute(verb, title, style, card, options)});
  return CardJson{{"type", "Action.ShowCard"}, {"title", std::string(title) + " …"}, {"style", style}, {"card", std::move(form)}};
}

CardJson actions_of(const DecisionCard& card, const TeamsCardOptions& options) {
  CardJson actions = CardJson::array();
  const bool pending = card.state == RequestState::pending;
  const bool may_decide = options.viewer == TeamsViewer::everyone || options.viewer == TeamsViewer::approver;
  const std::string what = card.action + " on " + card.database + " by " + card.requester;
  if (pending && may_decide && card.complete()) {
    actions.push_back(decision(kTeamsApprove, "Approve", "positive", kTeamsApproveReason, card.reason_required, "Let it run once: " + what, card, options));
  }
  if (pending && may_decide) {
    actions.push_back(decision(kTeamsDeny, "Deny", "destructive", kTeamsDenyReason, false, "Refuse it: " + what, card, options));
  }
  if (pending && options.viewer == TeamsViewer::unlinked) actions.push_back(execute(kTeamsLink, "Link my account", nullptr, card, options));
  if (!options.link.empty()) actions.push_back(CardJson{{"type", "Action.OpenUrl"}, {"title", "Open"}, {"url", options.link}});
  return actions;
}

void add(CardJson& body, const char* label, const std::string& value) {
  if (!value.empty()) body.push_back(labelled_line(label, value));
}

CardJson heading(const DecisionCard& card) {
  const StateText state = text_of(card.state);
  CardJson box{{"type", "Container"}, {"style", state.style}, {"bleed", true}};
  box["items"] = CardJson::array({text_line(state.title, {.bold = true, .large = true}), text_line(card.action + " · " + card.database, {.bold = true})});
  return box;
}

void add_who(CardJson& body, const DecisionCard& card) {
  add(body, "Who asks", card.requester);
  add(body, "On behalf of", card.acts_for);
  add(body, "Owner", card.owner);
  add(body, "Groups", card.groups);
  add(body, "From", card.source);
  add(body, "Program", card.application);
  add(body, "Runs as role", card.upstream_role);
}

void add_statement(CardJson& body, const DecisionCard& card) {
  body.push_back(text_line("Statement", {.bold = true}));
  body.push_back(text_box(card.statement));
  for (const approvals::CardParameter& parameter : card.parameters) {
    add(body, ("Parameter " + parameter.name).c_str(), parameter.type + ": " + (parameter.withheld ? "withheld" : parameter.value));
  }
  for (const std::string& note : card.notes) add(body, "Note", note);
}

void add_effect(CardJson& body, const DecisionCard& card) {
  for (const approvals::HeldColumn& column : card.columns) {
    add(body, "Tagged column", column.column + " (" + joined(column.tags) + "): " + column.use + ", " + (column.masked ? "masked" : "in clear"));
  }
  add(body, "Shown in clear if approved", joined(card.clear_columns));
  add(body, "Changes", joined(card.objects));
  add(body, "Rows", card.estimate + (card.ceiling.empty() ? "" : ", " + card.ceiling));
}

void add_circumstances(CardJson& body, const DecisionCard& card) {
  add(body, "Rule", card.reason.empty() ? card.rule : card.rule + ": " + card.reason);
  add(body, "Approvers", card.approvers);
  for (const std::string& line : card.history) add(body, "History", line);
  for (const std::string& line : card.votes) add(body, "Vote", line);
  const bool open = card.state == RequestState::pending || card.state == RequestState::approved;
  if (open) add(body, card.state == RequestState::pending ? "Denied unless decided by" : "Lapses", approvals::card_time(card.expires));
  add(body, "Result", card.outcome);
  add(body, "Request", card.id.text);
}

void add_left_out(CardJson& body, const DecisionCard& card, const TeamsCardOptions& options) {
  if (card.complete()) return;
  body.push_back(text_line("This card does not show everything", {.bold = true, .color = "Attention"}));
  for (const std::string& what : card.left_out) body.push_back(text_line("– " + what));
  if (card.state != RequestState::pending || options.viewer == TeamsViewer::notified) return;
  body.push_back(text_line("It cannot be approved here. Read it whole, and decide, with: sluice approvals show " + card.id.text));
}

}  // namespace

std::string shown_of(const DecisionCard& card) {
  DecisionCard decided = card;
  decided.votes.clear();
  decided.history.clear();
  decided.outcome.clear();
  decided.state = RequestState::pending;
  decided.expires = {};
  return to_hex(approvals::digest_of(decided));
}

DecisionCard fit_for_teams(DecisionCard card) {
  cut_lines(card.statement, card.left_out);
  cut_list(card.objects, kMaxItems, "changed objects", card.left_out);
  cut_list(card.clear_columns, kMaxItems, "columns in clear", card.left_out);
  cut_list(card.columns, kMaxItems, "tagged columns", card.left_out);
  cut_list(card.parameters, kMaxItems, "parameters", card.left_out);
  cut_list(card.votes, kMaxItems, "votes", card.left_out);
  TeamsCardOptions largest;
  largest.nonce = std::string(32, '0');
  largest.shown = std::string(64, '0');
  largest.link = std::string(300, '0');
  largest.notice = std::string(200, '0');
  largest.refresh_users = std::vector<std::string>(kMaxRefreshUsers, std::string(60, '0'));
  const auto too_large = [&] { return to_text(teams_card(card, largest)).size() > kMaxTeamsCardBytes; };
  for (std::size_t limit = 2000; limit >= 30 && too_large(); limit /= 2) {
    bool cut = cut_text(card.statement, limit * 2);
    for (approvals::CardParameter& parameter : card.parameters) cut = cut_text(parameter.value, limit / 4) || cut;
    for (std::string& vote : card.votes) static_cast<void>(cut_text(vote, limit));
    cut_list(card.columns, limit / 100, "further tagged columns", card.left_out);
    cut_list(card.objects, limit / 100, "further changed objects", card.left_out);
    cut_list(card.clear_columns, limit / 100, "further columns in clear", card.left_out);
    if (cut) card.left_out.emplace_back("texts are cut, since a message of Teams has no room for more");
  }
  std::sort(card.left_out.begin(), card.left_out.end());
  card.left_out.erase(std::unique(card.left_out.begin(), card.left_out.end()), card.left_out.end());
  return card;
}

CardJson teams_card(const DecisionCard& card, const TeamsCardOptions& options) {
  CardJson made{{"type", "AdaptiveCard"}, {"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"}, {"version", "1.5"}};
  made["fallbackText"] = "This version of Teams cannot show approval requests. Decide with: sluice approvals show " + card.id.text;
  made["msteams"] = CardJson{{"width", "Full"}};
  CardJson body = CardJson::array({heading(card)});
  if (!options.notice.empty()) body.push_back(text_line(options.notice, {.bold = true, .color = "Accent"}));
  add_who(body, card);
  add_statement(body, card);
  add_effect(body, card);
  add_circumstances(body, card);
  add_left_out(body, card, options);
  made["body"] = std::move(body);
  if (CardJson actions = actions_of(card, options); !actions.empty()) made["actions"] = std::move(actions);
  if (card.state == RequestState::pending && options.viewer != TeamsViewer::notified) {
    made["refresh"]["action"] = CardJson{{"type", "Action.Execute"}, {"title", "Refresh"}, {"verb", kTeamsRefresh}, {"data", data_of(card, options)}};
    if (!options.refresh_users.empty()) made["refresh"]["userIds"] = options.refresh_users;
  }
  return made;
}

}  // namespace sluice::channels
