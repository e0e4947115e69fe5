#include "channels/slack_card.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "approvals/card_text.h"
#include "channels/slack_interaction.h"

namespace sluice::channels {
namespace {

using approvals::DecisionCard;
using approvals::RequestState;
using nlohmann::json;

constexpr std::size_t kHeader = 140;   // Slack takes 150 characters
constexpr std::size_t kConfirm = 280;  // 300
constexpr std::size_t kName = 80;

std::string shortened(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes) + "…";
}

json plain(const std::string& text) { return {{"type", "plain_text"}, {"text", text}, {"emoji", false}}; }

json words(const std::string& text, const char* style = nullptr) {
  json element{{"type", "text"}, {"text", text}};
  if (style != nullptr) element["style"] = {{style, true}};
  return element;
}

// Lines of "Heading: value". The headings are ours and bold, the values somebody's and in the style of code.
class Lines {
 public:
  void add(const char* heading, const std::string& value) {
    if (!value.empty()) sections_.push_back({{"type", "rich_text_section"}, {"elements", {words(std::string(heading) + ": ", "bold"), words(value, "code")}}});
  }
  void add_all(const char* heading, const std::vector<std::string>& values) {
    for (const std::string& value : values) add(heading, value);
  }
  void say(const std::string& text) { sections_.push_back({{"type", "rich_text_section"}, {"elements", {words(text, "bold")}}}); }
  void append_to(json& blocks) const {
    if (!sections_.empty()) blocks.push_back({{"type", "rich_text"}, {"elements", sections_}});
  }

 private:
  json sections_ = json::array();
};

std::string headline(const DecisionCard& card) {
  const std::string what = shortened(card.action, kName) + " on " + shortened(card.database, kName);
  switch (card.state) {
    case RequestState::pending: return "Approval wanted: " + what;
    case RequestState::approved: return "Approved: " + what;
    case RequestState::denied: return "Denied: " + what;
    case RequestState::expired: return "Expired: " + what;
    case RequestState::withdrawn: return "Withdrawn: " + what;
    case RequestState::consumed: return (card.outcome.empty() ? "Runs: " : "Has run: ") + what;
  }
  return what;
}

// For a sentence of ours a name must be one that cannot be taken for words.
bool is_simple_name(const std::string& name) {
  return name.size() <= 63 && name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$") == std::string::npos;
}

std::string confirmation(const DecisionCard& card) {
  std::string text = shortened(card.action, kName) + " on " + shortened(card.database, kName);
  if (!card.objects.empty()) {
    const bool simple = card.objects.size() <= 3 && std::all_of(card.objects.begin(), card.objects.end(), is_simple_name);
    text += simple ? fmt::format(", changing {}", fmt::join(card.objects, ", ")) : fmt::format(", changing {} objects", card.objects.size());
  }
  return shortened(text + ". Exactly this statement runs, once.", kConfirm);
}

json button(const char* action, const char* label, const char* style, const std::string& value) {
  json out{{"type", "button"}, {"action_id", action}, {"text", plain(label)}};
  if (style != nullptr) out["style"] = style;
  if (!value.empty()) out["value"] = value;
  return out;
}

void add_buttons(json& blocks, const DecisionCard& card, const SlackButtons& buttons, bool approvable) {
  json elements = json::array();
  if (!buttons.value.empty() && card.state == RequestState::pending) {
    elements.push_back(button(kDenyAction, "Deny", "danger", buttons.value));
    if (approvable) {
      json approve = button(kApproveAction, "Approve", "primary", buttons.value);
      approve["confirm"] = {{"title", plain("Approve this?")}, {"text", plain(confirmation(card))}, {"confirm", plain("Approve")}, {"deny", plain("Go back")}};
      elements.push_back(std::move(approve));
    }
  }
  if (!buttons.open_url.empty()) {
    json open = button(kOpenAction, "Open", nullptr, {});
    open["url"] = buttons.open_url;
    elements.push_back(std::move(open));
  }
  if (!elements.empty()) blocks.push_back({{"type", "actions"}, {"elements", elements}});
}

json message_of(const DecisionCard& card, json blocks) {
  const std::string text = slack_escaped(shortened(headline(card), kHeader)) + " (" + card.id.text + ")";
  return {{"text", text}, {"blocks", std::move(blocks)}};
}

json header_of(const DecisionCard& card) { return {{"type", "header"}, {"text", plain(shortened(headline(card), kHeader))}}; }

void add_who(json& blocks, const DecisionCard& card) {
  Lines lines;
  lines.add("Asked by", card.requester);
  lines.add("Groups", card.groups);
  lines.add("Owner", card.owner);
  lines.add("On behalf of", card.acts_for);
  lines.add("From", card.source);
  lines.add("Program, as it calls itself", card.application);
  lines.add("Runs as", card.upstream_role);
  lines.add("Held by rule", card.rule);
  lines.add("Reason of the rule", card.reason);
  lines.append_to(blocks);
}

void add_effect(json& blocks, const DecisionCard& card) {
  Lines lines;
  for (const approvals::CardParameter& parameter : card.parameters) {
    const std::string value = parameter.withheld ? "withheld" : parameter.value;
    lines.add(("Parameter " + parameter.name + ", " + parameter.type).c_str(), value);
  }
  for (const approvals::HeldColumn& column : card.columns) {
    lines.add(column.masked ? "Tagged column, masked" : "Tagged column, in clear", fmt::format("{} [{}] {}", column.column, fmt::join(column.tags, ", "), column.use));
  }
  lines.add_all("Comes out in clear", card.clear_columns);
  lines.add_all("Changes", card.objects);
  lines.add("Estimate", card.estimate);
  lines.add("Ceiling", card.ceiling);
  for (const std::string& note : card.notes) lines.add("Note", note);
  lines.append_to(blocks);
}

void add_decision(json& blocks, const DecisionCard& card) {
  Lines lines;
  lines.add_all("History", card.history);
  lines.add("Approvers", card.approvers);
  lines.add_all("Vote", card.votes);
  if (card.state == RequestState::pending) lines.add("Expires", approvals::card_time(card.expires));
  if (card.state == RequestState::approved) lines.add("Runs until", approvals::card_time(card.expires));
  lines.add("Result", card.outcome);
  if (card.state == RequestState::pending && !card.complete()) {
    lines.say("This card does not show all of it, so that it can be denied here but not approved:");
    lines.add_all("Not shown", card.left_out);
  }
  lines.add("Request", card.id.text);
  lines.append_to(blocks);
}

}  // namespace

std::string slack_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

json slack_message(const DecisionCard& card, const SlackButtons& buttons) {
  json blocks = json::array({header_of(card)});
  add_who(blocks, card);
  blocks.push_back({{"type", "rich_text"}, {"elements", {{{"type", "rich_text_preformatted"}, {"elements", {words(card.statement.empty() ? "not shown" : card.statement)}}}}}});
  add_effect(blocks, card);
  add_decision(blocks, card);
  if (buttons.value.empty() && card.state == RequestState::pending) {
    Lines lines;
    lines.say("You are told because you answer for who asks: others decide.");
    lines.append_to(blocks);
  }
  add_buttons(blocks, card, buttons, card.complete());
  return message_of(card, std::move(blocks));
}

json slack_short_message(const DecisionCard& card, const SlackButtons& buttons) {
  json blocks = json::array({header_of(card)});
  Lines lines;
  lines.say("Slack does not take the whole card. Look at the request in Sluice before you decide.");
  lines.add("Request", card.id.text);
  lines.add_all("Vote", card.votes);
  lines.add("Result", card.outcome);
  lines.append_to(blocks);
  add_buttons(blocks, card, buttons, false);
  return message_of(card, std::move(blocks));
}

json slack_reason_form(bool approve, bool required, const std::string& metadata) {
  json input{{"type", "input"},
             {"block_id", kReasonBlock},
             {"optional", !required},
             {"label", plain("Reason")},
             {"hint", plain(approve ? "The rule asks for one. It is kept with the vote." : "It is kept with the vote, and everybody sees it on the card.")},
             {"element", {{"type", "plain_text_input"}, {"action_id", kReasonInput}, {"multiline", true}, {"max_length", 500}}}};
  if (required) input["element"]["min_length"] = 1;
  return {{"type", "modal"},
          {"callback_id", approve ? kApproveAction : kDenyAction},
          {"private_metadata", metadata},
          {"title", plain(approve ? "Approve" : "Deny")},
          {"submit", plain(approve ? "Approve" : "Deny")},
          {"close", plain("Go back")},
          {"blocks", json::array({input})}};
}

}  // namespace sluice::channels
