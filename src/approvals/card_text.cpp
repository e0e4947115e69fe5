#include "approvals/card_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"

namespace sluice::approvals {
namespace {

constexpr std::size_t kHeading = 16;

// East Asian characters and emoji take two columns. Others that do are rare, and shown by code anyway.
std::size_t columns_of(char32_t code) { return (code >= 0x1100 && code < 0xA4D0) || (code >= 0xAC00 && code < 0xD7B0) || code >= 0xF900 ? 2 : 1; }

// Cuts the front of `rest` that fits into `columns`, at least one character; after a blank if there is a late one.
std::string_view cut_line(std::string_view& rest, std::size_t columns) {
  std::size_t end = 0;
  std::size_t used = 0;
  std::size_t after_blank = 0;
  while (end < rest.size()) {
    char32_t code = 0;
    const std::size_t length = std::max<std::size_t>(front_code_point(rest.substr(end), code), 1);
    if (used + columns_of(code) > columns && end > 0) break;
    used += columns_of(code);
    end += length;
    if (code == ' ') after_blank = end;
  }
  if (end < rest.size() && after_blank > end / 2) end = after_blank;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end);
  return line;
}

void add_lines(std::string& out, const std::string& first, const std::string& further, std::string_view text) {
  const std::string* prefix = &first;
  do {
    const std::string_view line = cut_line(text, kCardColumns - first.size());
    out.append(*prefix).append(line).append("\n");
    prefix = &further;
  } while (!text.empty());
}

void add(std::string& out, std::string_view heading, const std::string& text) {
  if (!text.empty()) add_lines(out, fmt::format("{:<{}}", heading, kHeading), std::string(kHeading, ' '), text);
}

void add_all(std::string& out, std::string_view heading, const std::vector<std::string>& list) {
  for (const std::string& text : list) add(out, heading, text);
}

// Numbered, so that nothing in it can pass for a line of the card.
void add_statement(std::string& out, std::string_view statement) {
  out += "Statement\n";
  for (int number = 1;; ++number) {
    const std::size_t end = statement.find('\n');
    add_lines(out, fmt::format("{:>5} | ", number), "      | ", statement.substr(0, end));
    if (end == std::string_view::npos) break;
    statement.remove_prefix(end + 1);
  }
}

std::string tags_of(const HeldColumn& column) { return fmt::format("{}", fmt::join(column.tags, ", ")); }

}  // namespace

std::string card_time(Timestamp at) { return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", std::chrono::time_point_cast<std::chrono::seconds>(at)); }

std::string card_text(const DecisionCard& card) {
  std::string out;
  add(out, "Request", card.id.text + "  " + std::string(to_text(card.state)));
  add(out, "Action", card.action);
  add(out, "Database", card.database);
  add(out, "Asked by", card.requester);
  add(out, "Groups", card.groups);
  add(out, "Owner", card.owner);
  add(out, "On behalf of", card.acts_for);
  add(out, "From", card.source);
  add(out, "Program", card.application);
  add(out, "Runs as", card.upstream_role);
  add(out, "Why held", card.reason + " (rule " + card.rule + ")");
  add(out, "Estimate", card.estimate);
  add(out, "Ceiling", card.ceiling);
  for (const HeldColumn& column : card.columns) {
    add(out, "Tagged column", column.column + " [" + tags_of(column) + "] " + column.use + (column.masked ? ", masked" : ", in clear"));
  }
  add_all(out, "Comes in clear", card.clear_columns);
  add_all(out, "Changes", card.objects);
  add_statement(out, card.statement);
  for (const CardParameter& parameter : card.parameters) {
    add(out, "Parameter", parameter.name + " " + parameter.type + ": " + (parameter.withheld ? "withheld" : parameter.value));
  }
  add_all(out, "Note", card.notes);
  add_all(out, "Not shown", card.left_out);
  add_all(out, "History", card.history);
  add(out, "Approvers", card.approvers + (card.reason_required ? "; with a reason" : ""));
  add_all(out, "Vote", card.votes);
  add(out, card.state == RequestState::approved ? "Approved until" : "Expires", card_time(card.expires));
  add(out, "Result", card.outcome);
  return out;
}

}  // namespace sluice::approvals
