// Limits of sessions: common ones, those of groups and those of single identities.
#include <algorithm>
#include <array>

#include "config/sections.h"

namespace sluice::config {
namespace {

using std::chrono::seconds;

struct CountKey {
  std::string_view name;
  std::uint64_t SessionLimits::*field;
  std::uint64_t min;
  std::uint64_t max;
};
constexpr std::array kCounts{
    CountKey{"max_sessions_per_identity", &SessionLimits::max_sessions, 1, 1'000'000},
    CountKey{"max_message_bytes", &SessionLimits::max_message_bytes, 65'536, 1u << 30},
    CountKey{"max_prepared_statements", &SessionLimits::max_prepared_statements, 1, 1'000'000},
    CountKey{"max_cursors", &SessionLimits::max_cursors, 1, 1'000'000},
    CountKey{"max_session_memory", &SessionLimits::max_session_memory, 1u << 20, std::uint64_t{1} << 40},
};

struct DurationKey {
  std::string_view name;
  seconds SessionLimits::*field;
};
constexpr seconds kLongest{7 * 86'400};
constexpr std::array kDurations{
    DurationKey{"statement_timeout", &SessionLimits::statement_timeout},
    DurationKey{"idle_session_timeout", &SessionLimits::idle_session_timeout},
    DurationKey{"idle_in_transaction_session_timeout", &SessionLimits::idle_in_transaction_timeout},
    DurationKey{"hold_timeout", &SessionLimits::hold_timeout},
};

void check_message_bytes(const SessionLimits& limits, Place place, Decoding& decoding) {
  if (limits.max_message_bytes > decoding.config.limits.max_statement_bytes) return;
  decoding.findings.error(place, "max_message_bytes must be greater than max_statement_bytes");
}

}  // namespace

SessionLimits SessionLimitChanges::applied_to(SessionLimits limits) const {
  for (const CountKey& key : kCounts) {
    if (const auto found = values.find(key.name); found != values.end()) limits.*key.field = found->second;
  }
  for (const DurationKey& key : kDurations) {
    if (const auto found = values.find(key.name); found != values.end()) limits.*key.field = seconds(static_cast<std::int64_t>(found->second));
  }
  return limits;
}

void SessionLimitChanges::tighten(const SessionLimitChanges& other) {
  for (const auto& [name, value] : other.values) {
    const auto [place, added] = values.emplace(name, value);
    if (!added) place->second = std::min(place->second, value);
  }
}

SessionLimitChanges read_session_limits(Fields& fields, Decoding& decoding) {
  SessionLimitChanges changes;
  for (const CountKey& key : kCounts) {
    if (const auto number = fields.number(key.name, key.min, key.max)) changes.values[key.name] = *number;
  }
  for (const DurationKey& key : kDurations) {
    if (const auto duration = fields.duration(key.name, kLongest)) changes.values[key.name] = static_cast<std::uint64_t>(duration->count());
  }
  check_message_bytes(changes.applied_to(decoding.config.limits.session), fields.place(), decoding);
  return changes;
}

void decode_group_limits(Fields& limits, Decoding& decoding) {
  const YamlNode* groups = limits.node("groups");
  if (groups == nullptr) return;
  if (groups->kind != YamlNode::Kind::mapping || groups->fields.empty()) {
    decoding.findings.error(groups->place, "expected a mapping of at least one group to its limits");
    return;
  }
  for (const auto& [key, value] : groups->fields) {
    Fields fields(value, "the limits of a group", decoding.findings);
    decoding.group_limits[GroupId{key.text}] = {read_session_limits(fields, decoding), key.place};
    fields.finish();
  }
}

SessionLimits session_limits_of(const std::vector<GroupId>& groups, const YamlNode* own, Decoding& decoding) {
  SessionLimitChanges of_groups;
  for (const GroupId& group : groups) {
    if (const auto found = decoding.group_limits.find(group); found != decoding.group_limits.end()) of_groups.tighten(found->second.value);
  }
  const SessionLimits limits = of_groups.applied_to(decoding.config.limits.session);
  if (own == nullptr) return limits;
  Fields fields(*own, "the limits of an identity", decoding.findings);
  const SessionLimitChanges changes = read_session_limits(fields, decoding);
  fields.finish();
  return changes.applied_to(limits);
}

}  // namespace sluice::config
