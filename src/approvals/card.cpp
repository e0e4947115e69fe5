#include "approvals/card.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "approvals/visible_text.h"
#include "base/bytes.h"
#include "base/utf8.h"

namespace sluice::approvals {
namespace {

constexpr std::size_t kLineCharacters = 200;

std::string line(std::string_view text) { return visible_line(text, kLineCharacters); }

template <class List, class Text>
std::string joined(const List& list, const char* separator, Text text) {
  std::string out;
  for (const auto& item : list) {
    if (!out.empty()) out += separator;
    out += text(item);
  }
  return out;
}

std::string groups_text(const std::vector<GroupId>& groups, const char* separator) {
  return joined(groups, separator, [](const GroupId& group) { return line(group.text); });
}

std::string utc(Timestamp at) { return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", std::chrono::time_point_cast<std::chrono::seconds>(at)); }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// At most `limit` characters; says in `left_out` if that cut something.
std::string cut(std::string text, std::size_t limit, const std::string& what, std::vector<std::string>& left_out) {
  if (characters(text) <= limit) return text;
  std::size_t end = 0;
  for (std::size_t count = 0; end < text.size(); ++end) {
    if ((static_cast<unsigned char>(text[end]) & 0xC0) != 0x80 && count++ == limit) break;
  }
  left_out.push_back(what + " is cut");
  return text.substr(0, end) + "…";
}

std::string statement_of(const HeldStatement& held, const CardLimits& limits, std::vector<std::string>& left_out) {
  std::string visible = visible_text(held.statement);
  // Tabs shown as blanks and "\r\n" as a line end are no alteration; everything else that looks different is.
  std::string expected;
  for (std::size_t i = 0; i < held.statement.size(); ++i) {
    const char c = held.statement[i];
    if (c == '\t') {
      expected += "    ";
    } else if (c != '\r' || held.statement.compare(i, 2, "\r\n") != 0) {
      expected += c;
    }
  }
  if (visible != expected) left_out.emplace_back("the statement has characters that cannot be shown as they are");
  return cut(std::move(visible), limits.statement_characters, "the statement", left_out);
}

bool may_show_values(const HeldStatement& held, const CardLimits& limits) {
  if (limits.disclose_all) return true;
  for (const HeldColumn& column : held.columns) {
    if (column.use == "output") continue;
    const bool shown = std::all_of(column.tags.begin(), column.tags.end(), [&](const std::string& tag) { return limits.disclosed_tags.contains(tag); });
    if (!shown) return false;
  }
  return true;
}

void add_parameters(DecisionCard& card, const HeldStatement& held, const CardLimits& limits) {
  const bool show = may_show_values(held, limits);
  bool withheld = false;
  for (std::size_t i = 0; i < held.parameters.size(); ++i) {
    if (card.parameters.size() == limits.parameters) {
      card.left_out.push_back(fmt::format("{} parameters are left out", held.parameters.size() - i));
      break;
    }
    const Parameter& parameter = held.parameters[i];
    CardParameter shown{"$" + std::to_string(i + 1), {}, false};
    if (parameter.null) {
      shown.value = "NULL";
    } else if (!show) {
      shown.withheld = withheld = true;
    } else if (parameter.binary) {
      const std::string hex = to_hex({reinterpret_cast<const std::uint8_t*>(parameter.value.data()), parameter.value.size()});
      shown.value = "binary, 0x" + cut(hex, limits.parameter_characters, shown.name, card.left_out);
    } else {
      std::string visible = visible_text(parameter.value);
      if (visible != parameter.value) card.left_out.push_back(shown.name + " has characters that cannot be shown as they are");
      std::replace(visible.begin(), visible.end(), '\n', ' ');
      shown.value = "'" + cut(std::move(visible), limits.parameter_characters, shown.name, card.left_out) + "'";
    }
    card.parameters.push_back(std::move(shown));
  }
  if (withheld) card.left_out.emplace_back("parameters are withheld, since the statement uses tagged columns");
}

std::string vote_text(const Vote& vote) {
  std::string text = (vote.approve ? vote.break_glass ? "glass broken by " : "approved by " : "denied by ") + line(vote.approver.text);
  if (!vote.on_behalf_of.empty()) text += " for " + line(vote.on_behalf_of.text);
  text += " (" + line(vote.channel) + ", " + utc(vote.at) + ")";
  if (vote.lapsed) text += ", who may no longer decide: does not count";
  if (!vote.reason.empty()) text += ": " + visible_line(vote.reason, 500);
  return text;
}

}  // namespace

DecisionCard make_card(const ApprovalRequest& request, const CardHistory& history, const CardLimits& limits) {
  const HeldStatement& held = request.held;
  const policy::RequireApproval& requirement = request.requirement;
  const auto as_line = [](const std::string& text) { return line(text); };
  DecisionCard card;
  card.id = request.id;
  card.state = request.state;
  card.action = joined(held.actions, ", ", as_line);
  card.database = line(held.database.text);
  card.requester = (held.requester.kind == auth::IdentityKind::agent ? "agent " : "person ") + line(held.requester.id.text);
  card.owner = line(held.requester.owner.text);
  card.acts_for = line(held.requester.acts_for.text);
  card.groups = groups_text(held.requester.groups, ", ");
  card.source = line(held.peer);
  if (!held.application.empty()) card.source += ", " + line(held.application);
  card.upstream_role = line(held.upstream_role);
  card.statement = statement_of(held, limits, card.left_out);
  add_parameters(card, held, limits);
  for (const HeldColumn& column : held.columns) {
    if (card.columns.size() == limits.columns) {
      card.left_out.push_back(fmt::format("{} tagged columns are left out", held.columns.size() - limits.columns));
      break;
    }
    card.columns.push_back({line(column.column), column.tags, line(column.use), column.masked});
  }
  for (const std::string& column : held.clear_columns) card.clear_columns.push_back(line(column));
  for (const std::string& object : held.objects) card.objects.push_back(line(object));
  card.estimate = held.estimated_rows ? fmt::format("{} rows expected", *held.estimated_rows) : "unknown";
  if (const auto ceiling = row_ceiling(request)) card.ceiling = fmt::format("rolled back above {} rows", *ceiling);
  card.rule = line(requirement.rule.text);
  for (const RuleId& rule : requirement.further_rules) card.rule += ", " + line(rule.text);
  card.reason = visible_line(requirement.reason, 500);
  card.approvers = groups_text(requirement.approver_groups, " or ");
  for (const auto& further : requirement.further_approver_groups) card.approvers += ", and " + groups_text(further, " or ");
  if (request.escalated) card.approvers += ", or " + groups_text(requirement.escalation_groups, " or ");
  card.approvers += fmt::format("; needed: {}", std::max<std::uint32_t>(requirement.approvals, 1));
  card.reason_required = requirement.reason_required;
  for (const Vote& vote : request.votes) card.votes.push_back(vote_text(vote));
  if (!request.standing.empty()) card.votes.push_back("approved by the standing approval " + line(request.standing.text));
  if (request.review) {
    card.votes.push_back("reviewed by " + line(request.review->reviewer.text) + (request.review->justified ? ", justified: " : ", not justified: ") +
                         visible_line(request.review->reason, 500));
  }
  if (history.last_decision) card.history.push_back("the same kind of statement was last " + vote_text(*history.last_decision));
  if (history.denials_last_hour > 0) card.history.push_back(fmt::format("{} denials for this requester in the last hour", history.denials_last_hour));
  card.expires = request.state == RequestState::approved && request.valid_until ? *request.valid_until : request.expires;
  if (request.execution) {
    const Execution& ran = *request.execution;
    card.outcome = fmt::format("{}: {} rows, {} bytes, {} ms", line(ran.outcome), ran.rows, ran.bytes,
                               std::chrono::duration_cast<std::chrono::milliseconds>(ran.duration).count());
  }
  return card;
}

Digest digest_of(const DecisionCard& card) {
  FieldDigest digest;
  const auto add_all = [&](const std::vector<std::string>& list) {
    digest.add(std::to_string(list.size()));
    for (const std::string& text : list) digest.add(text);
  };
  digest.add("sluice card 1");
  for (const std::string* text : {&card.id.text, &card.action, &card.database, &card.requester, &card.owner, &card.acts_for, &card.groups, &card.source,
                                  &card.upstream_role, &card.statement, &card.estimate, &card.ceiling, &card.rule, &card.reason, &card.approvers}) {
    digest.add(*text);
  }
  digest.add(std::to_string(card.parameters.size()));
  for (const CardParameter& parameter : card.parameters) {
    digest.add(parameter.name);
    digest.add(parameter.withheld ? "withheld" : "shown");
    digest.add(parameter.value);
  }
  digest.add(std::to_string(card.columns.size()));
  for (const HeldColumn& column : card.columns) {
    digest.add(column.column);
    add_all(column.tags);
    digest.add(column.use);
    digest.add(column.masked ? "masked" : "clear");
  }
  add_all(card.clear_columns);
  add_all(card.objects);
  add_all(card.votes);
  add_all(card.history);
  add_all(card.left_out);
  digest.add(std::to_string(card.expires.time_since_epoch().count()));
  return digest.finish();
}

}  // namespace sluice::approvals
