#include "protocol/sanitise.h"

#include "protocol/sanitised_messages.h"

namespace sluice::protocol {
namespace {

std::int32_t map_position(std::int32_t position, const Disclosure& disclosure) {
  if (position <= 0) return 0;
  if (!disclosure.map_position) return position;
  const std::int32_t mapped = disclosure.map_position(position);
  return mapped > 0 ? mapped : 0;
}

/// Only PostgreSQL's own words: stored code can raise an error with any severity text.
std::string_view known_severity(const NoticeFields& fields) {
  const std::string& level = fields.severity_unlocalized.empty() ? fields.severity : fields.severity_unlocalized;
  if (level == "FATAL") return "FATAL";
  if (level == "PANIC") return "PANIC";
  return "ERROR";
}

/// The agent's own statement stays as it is; only what refers to the rewritten text changes.
NoticeFields with_agent_positions(const NoticeFields& upstream, const Disclosure& disclosure) {
  NoticeFields fields = upstream;
  fields.position = map_position(upstream.position, disclosure);
  if (disclosure.map_position) {  // could quote the rewritten text
    fields.internal_position = 0;
    fields.internal_query.clear();
  }
  return fields;
}

std::string kept_name(char field, const std::string& name, const Disclosure& disclosure) {
  if (name.empty() || !disclosure.keep_name || !disclosure.keep_name(field, name)) return {};
  return name;
}

/// Frontends rely on these three.
void fill_mandatory(NoticeFields& fields) {
  if (fields.severity.empty()) fields.severity = known_severity(fields);
  if (fields.code.empty()) fields.code = "XX000";
  if (fields.message.empty()) fields.message = "error without a message";
}

NoticeFields open_error(const NoticeFields& upstream, const Disclosure& disclosure) {
  NoticeFields fields = with_agent_positions(upstream, disclosure);
  fill_mandatory(fields);
  return fields;
}

}  // namespace

NoticeFields sanitise_error(const NoticeFields& upstream, const Disclosure& disclosure) {
  if (!disclosure.restricted) return open_error(upstream, disclosure);
  const SanitisedMessage known = sanitised_message(upstream.code);
  NoticeFields fields;
  fields.severity = known_severity(upstream);
  fields.severity_unlocalized = fields.severity;
  fields.code = known.code;
  fields.message = known.message;
  fields.position = map_position(upstream.position, disclosure);
  fields.schema = kept_name('s', upstream.schema, disclosure);
  fields.table = kept_name('t', upstream.table, disclosure);
  fields.column = kept_name('c', upstream.column, disclosure);
  fields.data_type = kept_name('d', upstream.data_type, disclosure);
  fields.constraint = kept_name('n', upstream.constraint, disclosure);
  return fields;
}

std::optional<NoticeFields> sanitise_notice(const NoticeFields& upstream, const Disclosure& disclosure) {
  if (disclosure.restricted) return std::nullopt;
  return with_agent_positions(upstream, disclosure);
}

}  // namespace sluice::protocol
