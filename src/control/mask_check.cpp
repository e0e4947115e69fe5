#include "control/mask_check.h"

#include <map>
#include <utility>

#include "policy/names.h"
#include "policy/rule_match.h"
#include "sql/mask_expression.h"
#include "sql/quote.h"

namespace sluice::control {
namespace {

using Trial = std::pair<std::string, std::string>;  // type and constant

/// One column for each trial, and the rule that wants it.
std::map<Trial, std::string> trials_of(const plan::Snapshot& snapshot) {
  std::map<Trial, std::string> trials;
  for (const policy::Rule& rule : snapshot.policy->rules) {
    const auto* constant = rule.mask ? std::get_if<sql::ConstantMask>(&*rule.mask) : nullptr;
    if (rule.effect != policy::Effect::mask || constant == nullptr) continue;
    snapshot.catalog->for_each_relation([&](const sql::Relation& relation) {
      for (const sql::Column& column : relation.columns) {
        const ColumnId id{relation.oid, column.attribute};
        if (snapshot.tags.tags_of(id).empty() || column.type_kind == 'd' || !policy::masks(rule, id, *snapshot.catalog, snapshot.tags)) continue;
        const std::string name = policy::written_name(relation.schema, relation.name) + "." + policy::written_name(column.name);
        trials.try_emplace({column.type_name, constant->text}, "rule \"" + rule.id.text + "\", column " + name + " of type " + column.type_name);
      }
    });
  }
  return trials;
}

}  // namespace

std::vector<std::string> check_masks(store::CatalogSource& source, const plan::Snapshot& snapshot) {
  std::vector<std::string> texts;
  for (const auto& [trial, where] : trials_of(snapshot)) {
    const auto& [type, text] = trial;
    if (source.ask("SELECT " + sql::quoted_text(text) + "::" + sql::pinned_type(type)).ok()) continue;
    if (!source.ask("SELECT 1").ok()) return texts;
    texts.push_back(where + ": the constant of the mask is no value of it, every statement on it would fail");
  }
  return texts;
}

}  // namespace sluice::control
