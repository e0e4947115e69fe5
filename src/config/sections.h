#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.h"
#include "config/fields.h"

namespace sluice::config {

/// The limits of a session that one place of the file names.
struct SessionLimitChanges {
  std::map<std::string_view, std::uint64_t> values;  ///< by key; seconds for durations

  [[nodiscard]] SessionLimits applied_to(SessionLimits limits) const;
  /// Of two groups' values for one key the stricter.
  void tighten(const SessionLimitChanges& other);
};

/// What the decoders of the sections share.
struct Decoding {
  Config config;
  FindingList findings;
  FileReader read_file = nullptr;
  std::string folder;  ///< of the configuration file: relative paths start there

  // Places and names for the checks that look across sections. A name is known even if its entry is faulty,
  // so that one mistake is not reported as several.
  std::set<DatabaseAlias> databases;
  std::map<IdentityId, Place> identities;
  std::set<GroupId> groups;
  std::vector<std::pair<Place, IdentityId>> named_by_databases;
  std::vector<std::pair<Place, GroupId>> groups_named_by_databases;
  std::map<RuleId, Place> rules;
  TcpOptions tcp_upstreams;
  std::map<GroupId, Placed<SessionLimitChanges>> group_limits;
  std::map<std::string, Place, std::less<>> sections;  ///< where the value of each top-level key begins

  explicit Decoding(const std::string& file_name) : findings(file_name) {}

  [[nodiscard]] Place section(std::string_view key) const;
  [[nodiscard]] std::string resolve(const std::string& path) const;
  /// The content of a secret file without its line end. Empty after an error.
  [[nodiscard]] std::string secret_from(const std::string& path, Place place);
};

// One section each; `node` is the section's value.
void decode_listen(const YamlNode& node, Decoding& decoding);
void decode_tls(const YamlNode& node, Decoding& decoding);
void decode_tcp(const YamlNode& node, Decoding& decoding);
void decode_admin(const YamlNode& node, Decoding& decoding);
void decode_store(const YamlNode& node, Decoding& decoding);
void decode_audit(const YamlNode& node, Decoding& decoding);
void decode_limits(const YamlNode& node, Decoding& decoding);
/// The keys of session limits among `fields`: of "limits", of a group's or of an identity's limits.
[[nodiscard]] SessionLimitChanges read_session_limits(Fields& fields, Decoding& decoding);
void decode_group_limits(Fields& limits, Decoding& decoding);
/// What holds for an identity with these groups; `own` is its own "limits", or null.
[[nodiscard]] SessionLimits session_limits_of(const std::vector<GroupId>& groups, const YamlNode* own, Decoding& decoding);
void decode_databases(const YamlNode& node, Decoding& decoding);
void decode_identities(const YamlNode& node, Decoding& decoding);
// Those below need databases and identities to be decoded.
void decode_tags(const YamlNode& node, Decoding& decoding);
void decode_rules(const YamlNode& node, Decoding& decoding);
void decode_functions(const YamlNode& node, Decoding& decoding);
void decode_channels(const YamlNode& node, Decoding& decoding);
/// What a chat may show: the keys "disclose" and "statement" of its section.
void read_disclosure(Fields& fields, Disclosure& disclosure, Decoding& decoding);
void decode_slack(const YamlNode& node, Decoding& decoding);
void decode_webhooks(const YamlNode& node, Decoding& decoding);
void decode_teams(const YamlNode& node, Decoding& decoding);
void decode_teams_workflow(const YamlNode& node, Decoding& decoding);
/// Warnings about them that need everything.
void check_teams(Decoding& decoding);

/// The value of `mask:`; empty after an error.
[[nodiscard]] std::optional<sql::MaskingFunction> decode_mask(const YamlNode& node, Decoding& decoding);

/// That whoever the databases' roles name exists.
void check_roles(Decoding& decoding);
/// Warnings that need everything: rules without effect, holds that nobody could approve, exposed listeners.
void check_across(Decoding& decoding);

[[nodiscard]] bool is_tag(std::string_view text);         ///< lower case letters, digits, `_ . : -`, at most 63
[[nodiscard]] bool is_identifier(std::string_view text);  ///< of identities, groups, rules, aliases

}  // namespace sluice::config
