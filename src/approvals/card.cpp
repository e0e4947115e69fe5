#include "approvals/card.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "approvals/card_text.h"
#include "approvals/comments.h"
#include "approvals/shown_text.h"
#include "sql/tokens.h"

namespace sluice::approvals {
namespace {

constexpr std::size_t kLineCharacters = 200;
constexpr std::size_t kReasonCharacters = 500;
constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string counted(std::size_t count, const char* one) { return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s"); }

std::string type_name(std::uint32_t oid) {
  switch (oid) {
    case 0: return "of unknown type";
    case 16: return "boolean";
    case 17: return "bytea";
    case 20: return "bigint";
    case 21: return "smallint";
    case 23: return "integer";
    case 25: return "text";
    case 114: return "json";
    case 700: return "real";
    case 701: return "double precision";
    case 1042: return "character";
    case 1043: return "character varying";
    case 1082: return "date";
    case 1083: return "time";
    case 1114: return "timestamp";
    case 1184: return "timestamp with time zone";
    case 1700: return "numeric";
    case 2950: return "uuid";
    case 3802: return "jsonb";
    default: return fmt::format("type {}", oid);
  }
}

std::string quoted(std::string_view text) {
  std::string literal = "'";
  for (const char c : text) literal.append(c == '\'' ? 2 : 1, c);
  return literal + "'";
}

/// Fills a card, and keeps account of what it does not show as it is.
class CardWriter {
 public:
  CardWriter(const ApprovalRequest& request, const CardLimits& limits) : request_(request), held_(request.held), limits_(limits) {}

  DecisionCard write(const CardHistory& history) {
    write_who();
    write_statement();
    write_parameters();
    write_effect();
    write_decision(history);
    return std::move(card_);
  }

 private:
  void leave_out(std::string what) {
    if (std::find(card_.left_out.begin(), card_.left_out.end(), what) == card_.left_out.end()) card_.left_out.push_back(std::move(what));
  }

  std::string cut(std::string text, std::size_t limit, const std::string& what) {
    if (characters(text) <= limit) return text;
    std::size_t end = 0;
    for (std::size_t count = 0; end < text.size(); ++end) {
      if ((static_cast<unsigned char>(text[end]) & 0xC0) != 0x80 && count++ == limit) break;
    }
    leave_out(what + " is cut");
    return text.substr(0, end) + "…";
  }

  std::string line(std::string_view text, const std::string& what, std::size_t limit = kLineCharacters) {
    ShownText shown = shown_line(text);
    if (shown.altered) leave_out(what + " has characters that cannot be shown as they are");
    return cut(std::move(shown.text), limit, what);
  }

  template <class List>
  std::string joined(const List& list, const char* separator, const std::string& what) {
    std::string out;
    for (const auto& item : list) {
      if (!out.empty()) out += separator;
      if constexpr (std::is_same_v<std::decay_t<decltype(item)>, std::string>) {
        out += line(item, what);
      } else {
        out += line(item.text, what);
      }
    }
    return out;
  }

  void write_who() {
    card_.id = request_.id;
    card_.state = request_.state;
    card_.action = joined(held_.actions, ", ", "the action");
    card_.database = line(held_.database.text, "the database");
    card_.requester = (held_.requester.kind == auth::IdentityKind::agent ? "agent " : "person ") + line(held_.requester.id.text, "the requester");
    card_.owner = line(held_.requester.owner.text, "the owner");
    card_.acts_for = line(held_.requester.acts_for.text, "whom the agent acts for");
    card_.groups = cut(joined(held_.requester.groups, ", ", "a group"), kReasonCharacters, "the list of groups");
    card_.source = line(held_.peer, "the source");
    card_.application = line(held_.application, "the program's name");
    card_.upstream_role = line(held_.upstream_role, "the upstream role");
  }

  // Comments take no part in what runs: long ones only take up the reader's time, or worse.
  std::string without_long_comments(std::string_view statement) {
    std::string out;
    std::size_t from = 0;
    std::size_t all = 0;
    std::size_t dropped = 0;
    const std::vector<Comment> comments = comments_of(statement);
    for (const Comment& comment : comments) {
      const std::string_view text = statement.substr(comment.begin, comment.end - comment.begin);
      all += characters(text);
      if (characters(text) <= limits_.comment_characters && (limits_.comment_characters == kNoLimit || text.find('\n') == std::string_view::npos)) continue;
      ++dropped;
      const auto lines = static_cast<std::size_t>(1 + std::count(text.begin(), text.end(), '\n'));
      out += std::string(statement.substr(from, comment.begin - from)) + fmt::format("<comment: {}, {}>", counted(lines, "line"), counted(characters(text), "character"));
      from = comment.end;
    }
    if (!comments.empty()) card_.notes.push_back(fmt::format("{} with {}: not part of what runs", counted(comments.size(), "comment"), counted(all, "character")));
    if (dropped > 0) leave_out(counted(dropped, "long comment") + " left out");
    return out + std::string(statement.substr(from));
  }

  // Comments are without values then too: whatever an agent wrote may be one.
  std::string without_values() {
    std::string out;
    bool withheld = false;
    const sql::Tokens tokens(held_.statement);
    std::size_t from = 0;
    for (int i = 0; i < tokens.size(); ++i) {
      const auto begin = static_cast<std::size_t>(tokens[i].begin);
      const bool comment = held_.statement.substr(from, begin - from).find_first_not_of(" \t\r\n\f\v") != std::string::npos;
      out += comment ? " <comment> " : held_.statement.substr(from, begin - from);
      const bool value = tokens[i].kind == sql::TokenKind::string || tokens[i].kind == sql::TokenKind::number;
      out += value ? "<value>" : std::string(tokens.text(i));
      withheld = withheld || value || comment;
      from = static_cast<std::size_t>(tokens[i].end);
    }
    withheld = withheld || held_.statement.find_first_not_of(" \t\r\n\f\v;", from) != std::string::npos;
    if (withheld) leave_out("values in the statement are withheld");
    return out;
  }

  void write_statement() {
    const StatementShown most = may_show_values() ? limits_.statement : std::max(limits_.statement, StatementShown::without_values);
    switch (most) {
      case StatementShown::full: break;
      case StatementShown::without_values: return show_statement(without_values());
      case StatementShown::fingerprint:
        leave_out("the statement is not shown in this channel");
        card_.statement = "fingerprint " + to_hex(sha256(held_.shape.empty() ? held_.statement : held_.shape)).substr(0, 16);
        return;
      case StatementShown::nothing: return leave_out("the statement is not shown in this channel");
    }
    show_statement(without_long_comments(held_.statement));
  }

  void show_statement(const std::string& text) {
    ShownText shown = shown_text(text);
    if (shown.altered) leave_out("the statement has characters, or runs of blanks, that cannot be shown as they are");
    card_.statement = cut(std::move(shown.text), limits_.statement_characters, "the statement");
  }

  [[nodiscard]] bool may_show_values() const {
    if (limits_.disclose_all) return true;
    const auto shown = [&](const std::string& tag) { return limits_.disclosed_tags.contains(tag); };
    return std::all_of(held_.columns.begin(), held_.columns.end(), [&](const HeldColumn& column) {
      return column.use == "output" || std::all_of(column.tags.begin(), column.tags.end(), shown);
    });
  }

  void write_parameters() {
    const bool show = may_show_values();
    for (std::size_t i = 0; i < held_.parameters.size(); ++i) {
      if (i == limits_.parameters) return leave_out(counted(held_.parameters.size() - i, "parameter") + " left out");
      const Parameter& parameter = held_.parameters[i];
      CardParameter shown{"$" + std::to_string(i + 1), type_name(parameter.type), {}, false};
      if (parameter.null) {
        shown.value = "NULL";
      } else if (!show) {
        shown.withheld = true;
        leave_out("parameters are withheld, since the statement uses tagged columns");
      } else if (parameter.binary) {
        const std::string hex = to_hex({reinterpret_cast<const std::uint8_t*>(parameter.value.data()), parameter.value.size()});
        shown.value = "binary, 0x" + cut(hex, limits_.parameter_characters, shown.name);
      } else {
        shown.value = quoted(line(parameter.value, shown.name, limits_.parameter_characters));
      }
      card_.parameters.push_back(std::move(shown));
    }
  }

  void write_effect() {
    for (const HeldColumn& column : held_.columns) {
      if (card_.columns.size() == limits_.columns) {
        leave_out(counted(held_.columns.size() - limits_.columns, "tagged column") + " left out");
        break;
      }
      card_.columns.push_back({line(column.column, "a column"), column.tags, line(column.use, "a column's use"), column.masked});
    }
    write_list(held_.clear_columns, limits_.columns, "column in clear", card_.clear_columns);
    write_list(held_.objects, limits_.objects, "object", card_.objects);
    card_.estimate = held_.estimated_rows ? fmt::format("{} expected", counted(*held_.estimated_rows, "row")) : "unknown";
    if (const auto ceiling = row_ceiling(request_)) card_.ceiling = fmt::format("rolled back above {}", counted(*ceiling, "row"));
  }

  void write_list(const std::vector<std::string>& from, std::size_t limit, const char* what, std::vector<std::string>& to) {
    for (const std::string& item : from) {
      if (to.size() == limit) return leave_out(counted(from.size() - limit, what) + " left out");
      to.push_back(line(item, "the name of an object"));
    }
  }

  std::string vote_text(const Vote& vote) {
    std::string text = (vote.approve ? vote.break_glass ? "glass broken by " : "approved by " : "denied by ") + line(vote.approver.text, "an approver");
    if (!vote.on_behalf_of.empty()) text += " for " + line(vote.on_behalf_of.text, "an approver");
    text += " (" + line(vote.channel, "a channel") + ", " + card_time(vote.at) + ")";
    if (vote.lapsed) text += ", who may no longer decide: does not count";
    // People's words, not the agent's: how they look is no reason to withhold the buttons.
    if (!vote.reason.empty()) text += ": " + shown_line(vote.reason).text;
    return text;
  }

  void write_decision(const CardHistory& history) {
    const policy::RequireApproval& requirement = request_.requirement;
    card_.rule = line(requirement.rule.text, "the rule");
    for (const RuleId& rule : requirement.further_rules) card_.rule += ", " + line(rule.text, "a rule");
    card_.reason = line(requirement.reason, "the rule's reason", kReasonCharacters);
    card_.approvers = joined(requirement.approver_groups, " or ", "a group");
    for (const auto& further : requirement.further_approver_groups) card_.approvers += ", and " + joined(further, " or ", "a group");
    if (request_.escalated) card_.approvers += ", or " + joined(requirement.escalation_groups, " or ", "a group");
    card_.approvers += fmt::format("; needed: {}", std::max<std::uint32_t>(requirement.approvals, 1));
    card_.reason_required = requirement.reason_required;
    for (const Vote& vote : request_.votes) card_.votes.push_back(vote_text(vote));
    if (!request_.standing.empty()) card_.votes.push_back("approved by the standing approval " + line(request_.standing.text, "a standing approval"));
    if (const auto& review = request_.review) {
      card_.votes.push_back("reviewed by " + line(review->reviewer.text, "a reviewer") + (review->justified ? ", justified: " : ", not justified: ") +
                            shown_line(review->reason).text);
    }
    if (history.last_decision) card_.history.push_back("the same kind of statement was last " + vote_text(*history.last_decision));
    if (history.denials_last_hour > 0) {
      card_.history.push_back(counted(history.denials_last_hour, "denial") + " for this requester in the last hour");
    }
    card_.expires = request_.state == RequestState::approved && request_.valid_until ? *request_.valid_until : request_.expires;
    if (request_.execution) {
      const Execution& ran = *request_.execution;
      card_.outcome = fmt::format("{}: {}, {}, {} ms", ran.outcome == "completed" ? "ran" : line(ran.outcome, "the outcome"), counted(ran.rows, "row"),
                                  counted(ran.bytes, "byte"), std::chrono::duration_cast<std::chrono::milliseconds>(ran.duration).count());
    }
  }

  const ApprovalRequest& request_;
  const HeldStatement& held_;
  const CardLimits& limits_;
  DecisionCard card_;
};

}  // namespace

CardLimits no_limits() { return CardLimits{{}, true, kNoLimit, kNoLimit, kNoLimit, kNoLimit, kNoLimit, kNoLimit, StatementShown::full}; }

DecisionCard make_card(const ApprovalRequest& request, const CardHistory& history, const CardLimits& limits) {
  return CardWriter(request, limits).write(history);
}

Digest digest_of(const DecisionCard& card) {
  FieldDigest digest;
  const auto add_all = [&](const std::vector<std::string>& list) {
    digest.add(std::to_string(list.size()));
    for (const std::string& text : list) digest.add(text);
  };
  digest.add("sluice card 1");
  for (const std::string* text : {&card.id.text, &card.action, &card.database, &card.requester, &card.owner, &card.acts_for, &card.groups, &card.source,
                                  &card.application, &card.upstream_role, &card.statement, &card.estimate, &card.ceiling, &card.rule, &card.reason,
                                  &card.approvers}) {
    digest.add(*text);
  }
  digest.add(std::to_string(card.parameters.size()));
  for (const CardParameter& parameter : card.parameters) {
    digest.add(parameter.name);
    digest.add(parameter.type);
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
  add_all(card.notes);
  add_all(card.left_out);
  digest.add(to_text(card.state));
  digest.add(card.outcome);
  digest.add(std::to_string(card.expires.time_since_epoch().count()));
  return digest.finish();
}

}  // namespace sluice::approvals
