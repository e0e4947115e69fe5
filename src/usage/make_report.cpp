#include <algorithm>

#include "usage/usage_fold.h"

namespace sluice::usage {
namespace {

bool asks_for(const UsageQuery& query, Dimension dimension) {
  return std::find(query.group_by.begin(), query.group_by.end(), dimension) != query.group_by.end();
}

/// The dimensions asked for, and those without which a line would count one statement twice.
std::vector<Dimension> whole_group(const UsageQuery& query, Subject subject) {
  std::vector<Dimension> group;
  const auto add = [&](Dimension dimension) {
    if (std::find(group.begin(), group.end(), dimension) == group.end()) group.push_back(dimension);
  };
  for (const Dimension dimension : query.group_by) add(dimension);
  if (subject == Subject::table || subject == Subject::column) add(Dimension::table);
  if (subject == Subject::column) add(Dimension::column);
  if (subject == Subject::tag) add(Dimension::tag);
  if (subject != Subject::statement) {
    add(Dimension::use);
    add(Dimension::masked);
  }
  return group;
}

std::string hour_text(std::int64_t hour, bool day_only) {
  const Timestamp at{std::chrono::hours(hour)};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const auto two = [](unsigned value) { return std::string(value < 10 ? "0" : "") + std::to_string(value); };
  std::string text = std::to_string(static_cast<int>(date.year())) + "-" + two(static_cast<unsigned>(date.month())) + "-" +
                     two(static_cast<unsigned>(date.day()));
  if (day_only) return text;
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(at - day).count();
  return text + "T" + two(static_cast<unsigned>(hours)) + ":00Z";
}

std::string text_of(const UsageKey& key, const std::string& tag, Dimension dimension) {
  switch (dimension) {
    case Dimension::hour: return hour_text(key.hour, false);
    case Dimension::day: return hour_text(key.hour, true);
    case Dimension::identity: return key.identity;
    case Dimension::acts_for: return key.acts_for;
    case Dimension::database: return key.database;
    case Dimension::table: return key.table;
    case Dimension::column: return key.column;
    case Dimension::tag: return tag;
    case Dimension::use: return key.use;
    case Dimension::masked: return key.masked ? "masked" : "clear";
  }
  return {};
}

bool is_asked_for(const UsageKey& key, const UsageQuery& query, Subject subject) {
  if (key.subject != subject) return false;
  if (query.from && key.hour < hour_of(*query.from)) return false;
  if (query.to && Timestamp{std::chrono::hours(key.hour)} >= *query.to) return false;
  if (query.identity && key.identity != query.identity->text) return false;
  if (query.database && key.database != query.database->text) return false;
  return !query.tag || std::find(key.tags.begin(), key.tags.end(), *query.tag) != key.tags.end();
}

}  // namespace

Subject subject_of(const UsageQuery& query) {
  const bool by_tag = asks_for(query, Dimension::tag) || query.tag.has_value();
  const bool by_table = asks_for(query, Dimension::table);
  if (asks_for(query, Dimension::column) || (by_tag && by_table)) return Subject::column;
  if (by_tag) return Subject::tag;
  if (by_table || asks_for(query, Dimension::use) || asks_for(query, Dimension::masked)) return Subject::table;
  return Subject::statement;
}

UsageReport make_report(const UsageMap& counts, const UsageQuery& query) {
  const Subject subject = subject_of(query);
  UsageReport report;
  report.group_by = whole_group(query, subject);
  const bool by_tag = std::find(report.group_by.begin(), report.group_by.end(), Dimension::tag) != report.group_by.end();
  std::map<std::vector<std::string>, UsageCounts> lines;
  const auto add = [&](const UsageKey& key, const UsageCounts& count, const std::string& tag) {
    std::vector<std::string> group;
    for (const Dimension dimension : report.group_by) group.push_back(text_of(key, tag, dimension));
    lines[std::move(group)] += count;
  };
  for (const auto& [key, count] : counts) {
    if (!is_asked_for(key, query, subject)) continue;
    if (!by_tag || key.tags.empty()) {
      add(key, count, {});
      continue;
    }
    for (const std::string& tag : key.tags) {
      if (!query.tag || tag == *query.tag) add(key, count, tag);
    }
  }
  for (auto& [group, count] : lines) report.lines.push_back({group, count});
  return report;
}

}  // namespace sluice::usage
