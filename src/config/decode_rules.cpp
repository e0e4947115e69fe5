#include <algorithm>

#include "config/sections.h"
#include "policy/names.h"

namespace sluice::config {
namespace {

using policy::Effect;
using policy::Rule;

constexpr std::chrono::seconds kMaxApprovalTime{30 * 24 * 3600};
constexpr std::chrono::seconds kMaxStanding{366 * 24 * 3600};

/// "schema.table" or "schema.*" in the form that rules are compared in; empty if it is neither.
std::string table_pattern(const std::string& text) {
  const bool all = text.ends_with(".*");
  const auto parts = policy::split_name(all ? std::string_view(text).substr(0, text.size() - 2) : std::string_view(text));
  if (!parts || parts->size() != (all ? 1u : 2u)) return {};
  return all ? policy::written_name((*parts)[0]) + ".*" : policy::written_name((*parts)[0], (*parts)[1]);
}

class RuleDecoder {
 public:
  RuleDecoder(const YamlNode& node, Decoding& decoding) : decoding_(decoding), fields_(node, "a rule", decoding.findings) {}

  void decode() {
    read_id();
    const auto effect = fields_.choice("effect", {"allow", "mask", "hold", "deny", "audit_only"}, Need::required);
    read_who();
    if (effect == "audit_only") {
      read_audit_only();
    } else if (effect == "allow") {
      rule_.effect = Effect::allow;
      read_tables();
      read_actions();
      fields_.refuse("tags", "an allow rule grants tables; mask, hold or deny by tag");
    } else if (effect == "mask") {
      rule_.effect = Effect::mask;
      read_tables();
      fields_.refuse("actions", "a mask applies to whatever is done with the column");
      read_tags(Need::required);
    } else {
      rule_.effect = effect == "hold" ? Effect::hold : Effect::deny;
      read_tables();
      read_actions();
      read_tags(Need::optional);
    }
    read_mask(effect == "mask");
    read_hold(effect == "hold");
    if (effect) fields_.finish();  // without it nobody knows which keys belong here
    decoding_.config.policy.rules.push_back(std::move(rule_));
  }

 private:
  // Everybody by an empty list would be too easily said.
  void read_audit_only() {
    rule_.effect = Effect::audit_only;
    for (const char* key : {"tables", "actions", "tags"}) fields_.refuse(key, "an audit_only rule lets everything pass in its databases");
    if (rule_.identities.empty() && rule_.groups.empty()) {
      decoding_.findings.error(fields_.place_of("effect"), "an audit_only rule must name identities or groups");
    }
  }

  void read_id() {
    const auto id = fields_.text("id", Need::required);
    if (!id) return;
    rule_.id = RuleId{*id};
    if (!is_identifier(*id)) decoding_.findings.error(fields_.place_of("id"), "\"" + *id + "\" is no usable name of a rule");
    if (!decoding_.rules.emplace(rule_.id, fields_.place_of("id")).second) {
      decoding_.findings.error(fields_.place_of("id"), "duplicate rule \"" + *id + "\"");
    }
  }

  void read_who() {
    for (const auto& identity : fields_.texts("identities")) {
      rule_.identities.push_back(IdentityId{identity.value});
      if (!decoding_.identities.contains(rule_.identities.back())) {
        decoding_.findings.error(identity.place, "unknown identity \"" + identity.value + "\"");
      } else if (identity.value == kAny) {
        decoding_.findings.error(identity.place, "a rule reaches whoever connects by the identity \"*\" through its groups");
      }
    }
    rule_.groups = read_groups("groups", Need::optional);
    for (const auto& database : fields_.texts("databases")) {
      rule_.databases.push_back(DatabaseAlias{database.value});
      if (!decoding_.databases.contains(rule_.databases.back())) {
        decoding_.findings.error(database.place, "unknown database \"" + database.value + "\"");
      } else if (database.value == kAny) {
        decoding_.findings.error(database.place, "a rule holds in the databases behind \"*\" if it names no database");
      }
    }
  }

  std::vector<GroupId> read_groups(std::string_view key, Need need) {
    std::vector<GroupId> groups;
    for (const auto& group : fields_.texts(key, need)) groups.push_back(known_group(group));
    return groups;
  }

  GroupId known_group(const Placed<std::string>& group) {
    if (!decoding_.groups.contains(GroupId{group.value})) {
      decoding_.findings.error(group.place, "unknown group \"" + group.value + "\": no identity is in it");
    }
    return GroupId{group.value};
  }

  void read_tables() {
    for (const auto& table : fields_.texts("tables")) {
      const std::string pattern = table_pattern(table.value);
      if (pattern.empty()) {
        decoding_.findings.error(table.place, "\"" + table.value + "\" is not schema.table or schema.*; "
                                              "a name with capitals or other signs needs double quotes");
        continue;
      }
      rule_.tables.push_back(pattern);
    }
  }

  void read_actions() {
    for (const auto& action : fields_.texts("actions")) {
      const auto known = sql::action_from_text(action.value);
      if (!known) {
        decoding_.findings.error(action.place, "unknown action \"" + action.value + "\"");
        continue;
      }
      rule_.actions.push_back(*known);
    }
  }

  void read_tags(Need need) {
    for (const auto& tag : fields_.texts("tags", need)) {
      if (!is_tag(tag.value)) decoding_.findings.error(tag.place, "\"" + tag.value + "\" is no tag");
      rule_.tags.push_back(tag.value);
    }
  }

  void read_mask(bool belongs) {
    if (!belongs) return fields_.refuse("mask", "only a rule with effect: mask has one");
    if (const YamlNode* node = fields_.node("mask", Need::required)) rule_.mask = decode_mask(*node, decoding_);
  }

  void read_hold(bool belongs) {
    if (!belongs) {
      for (const char* key : {"above_rows", "above_actual_rows", "clear", "approvers", "approvals", "reason", "hold_mode", "expires_after", "valid_for", "denied_for",
                              "reason_required", "max_rows", "remind_every", "escalate", "break_glass", "standing"}) {
        fields_.refuse(key, "only a rule with effect: hold has it");
      }
      return;
    }
    policy::RequireApproval approval;
    approval.rule = rule_.id;
    rule_.above_rows = fields_.number("above_rows", 0, 1'000'000'000'000'000);
    rule_.above_actual_rows = fields_.number("above_actual_rows", 0, 1'000'000'000'000'000);
    for (const auto& tag : fields_.texts("clear")) {
      if (!is_tag(tag.value)) decoding_.findings.error(tag.place, "\"" + tag.value + "\" is no tag");
      rule_.clear_tags.push_back(tag.value);
    }
    if ((rule_.above_rows || rule_.above_actual_rows) && !rule_.clear_tags.empty()) {
      decoding_.findings.error(fields_.place_of("clear"), "nothing comes out in clear below above_rows or above_actual_rows, so what an agent sees would follow an estimate");
    }
    approval.approver_groups = read_groups("approvers", Need::required);
    approval.approvals = static_cast<std::uint32_t>(fields_.number("approvals", 1, 100).value_or(1));
    approval.reason = fields_.text("reason").value_or("");
    if (fields_.choice("hold_mode", {"wait", "error"}) == "error") approval.mode = policy::HoldMode::error;
    approval.expires_after = fields_.duration("expires_after", kMaxApprovalTime).value_or(approval.expires_after);
    approval.valid_for = fields_.duration("valid_for", kMaxApprovalTime).value_or(approval.valid_for);
    approval.denied_for = fields_.duration("denied_for", kMaxApprovalTime).value_or(approval.denied_for);
    approval.reason_required = fields_.flag("reason_required").value_or(false);
    approval.max_rows = fields_.number("max_rows", 1, 1'000'000'000'000'000);
    read_reminders(approval);
    approval.break_glass_groups = read_groups("break_glass", Need::optional);
    read_standing(approval);
    rule_.approval = std::move(approval);
  }

  void read_reminders(policy::RequireApproval& approval) {
    approval.remind_every = fields_.duration("remind_every", kMaxApprovalTime).value_or(approval.remind_every);
    if (approval.remind_every >= approval.expires_after && approval.remind_every.count() > 0) {
      decoding_.findings.warning(fields_.place_of("remind_every"), "nobody is reminded: the request expires before");
    }
    const YamlNode* node = fields_.node("escalate");
    if (node == nullptr) return;
    Fields escalate(*node, "an escalation", decoding_.findings);
    const auto after = escalate.duration("after", kMaxApprovalTime);
    if (!after && !escalate.has("after")) decoding_.findings.error(node->place, "an escalation needs the key \"after\"");
    for (const auto& group : escalate.texts("to", Need::required)) approval.escalation_groups.push_back(known_group(group));
    approval.escalate_after = after.value_or(approval.escalate_after);
    if (after && approval.escalate_after >= approval.expires_after) {
      decoding_.findings.warning(escalate.place_of("after"), "it never escalates: the request expires before");
    }
    escalate.finish();
  }

  /// `true`, or a mapping of limits.
  void read_standing(policy::RequireApproval& approval) {
    const YamlNode* node = fields_.node("standing");
    if (node == nullptr) return;
    if (node->kind == YamlNode::Kind::mapping) {
      approval.standing = true;
      policy::StandingLimits& limits = approval.standing_limits;
      Fields fields(*node, "the limits of standing approvals", decoding_.findings);
      limits.uses = fields.number("uses", 1, 1'000'000).value_or(limits.uses);
      limits.rows = fields.number("rows", 1, 1'000'000'000'000).value_or(limits.rows);
      limits.life = fields.duration("for", kMaxStanding).value_or(limits.life);
      fields.finish();
    } else {
      approval.standing = fields_.flag("standing").value_or(false);
    }
    if (!approval.standing) return;
    if (!rule_.clear_tags.empty()) decoding_.findings.error(node->place, "a standing approval lifts no masks: \"clear\" is asked for each time");
    static constexpr sql::Action kMayStand[] = {sql::Action::select, sql::Action::insert,  sql::Action::update,      sql::Action::delete_,
                                                sql::Action::export_, sql::Action::export_copy, sql::Action::mass_write, sql::Action::session,
                                                sql::Action::explain, sql::Action::copy_in, sql::Action::transaction, sql::Action::temporary};
    for (const sql::Action action : rule_.actions) {
      if (std::find(std::begin(kMayStand), std::end(kMayStand), action) != std::end(kMayStand)) continue;
      decoding_.findings.error(node->place, "there are no standing approvals for " + std::string(sql::to_text(action)));
    }
  }

  Decoding& decoding_;
  Fields fields_;
  Rule rule_;
};

}  // namespace

void decode_rules(const YamlNode& node, Decoding& decoding) {
  if (node.kind != YamlNode::Kind::sequence) {
    decoding.findings.error(node.place, "expected a list of rules");
    return;
  }
  for (const YamlNode& item : node.items) RuleDecoder(item, decoding).decode();
}

}  // namespace sluice::config
