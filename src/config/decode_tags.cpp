#include <algorithm>

#include "config/sections.h"
#include "policy/names.h"

namespace sluice::config {
namespace {

void decode_tagging(const DatabaseAlias& database, const YamlNode& key, const YamlNode& value, Decoding& decoding) {
  FindingList& findings = decoding.findings;
  policy::Tagging tagging;
  tagging.database = database;
  const auto parts = policy::split_name(key.text);
  if (!parts || parts->size() < 2 || parts->size() > 3) {
    findings.error(key.place, "\"" + key.text + "\" is not schema.table or schema.table.column; "
                              "a name with capitals or other signs needs double quotes");
  } else {
    tagging.schema = (*parts)[0];
    tagging.table = (*parts)[1];
    if (parts->size() == 3) tagging.column = (*parts)[2];
    const bool twice = std::any_of(decoding.config.policy.taggings.begin(), decoding.config.policy.taggings.end(), [&](const policy::Tagging& other) {
      return other.database == database && other.schema == tagging.schema && other.table == tagging.table && other.column == tagging.column;
    });
    if (twice) findings.error(key.place, key.text + " is tagged twice: write its tags in one list");
  }
  // An empty list says of a column that it was looked at and needs no tag.
  const bool reviewed = value.kind == YamlNode::Kind::sequence && value.items.empty() && !tagging.column.empty();
  for (auto& tag : reviewed ? std::vector<Placed<std::string>>() : read_texts(value, findings)) {
    if (!is_tag(tag.value)) {
      findings.error(tag.place, "\"" + tag.value + "\" is no tag: lower-case letters, digits and _ . : - are, 63 at most");
    }
    tagging.tags.push_back(std::move(tag.value));
  }
  decoding.config.policy.taggings.push_back(std::move(tagging));
}

}  // namespace

void decode_tags(const YamlNode& node, Decoding& decoding) {
  if (node.kind != YamlNode::Kind::mapping) {
    decoding.findings.error(node.place, "expected a mapping: a database, then what is tagged in it");
    return;
  }
  for (const auto& [alias, taggings] : node.fields) {
    if (!decoding.databases.contains(DatabaseAlias{alias.text})) {
      decoding.findings.error(alias.place, "unknown database \"" + alias.text + "\"");
    }
    if (taggings.kind != YamlNode::Kind::mapping) {
      decoding.findings.error(taggings.place, "expected a mapping such as {public.customers.email: [pii]}");
      continue;
    }
    for (const auto& [key, value] : taggings.fields) decode_tagging(DatabaseAlias{alias.text}, key, value, decoding);
  }
}

void decode_functions(const YamlNode& node, Decoding& decoding) {
  if (node.kind == YamlNode::Kind::sequence && node.items.empty()) return;
  for (const auto& function : read_texts(node, decoding.findings)) {
    const auto parts = policy::split_name(function.value);
    const auto has_dot = [](const std::string& part) { return part.find('.') != std::string::npos; };
    if (!parts || parts->size() != 2 || std::any_of(parts->begin(), parts->end(), has_dot)) {
      decoding.findings.error(function.place, "\"" + function.value + "\" is not schema.function, without arguments");
      continue;
    }
    decoding.config.policy.allowed_functions.push_back((*parts)[0] + "." + (*parts)[1]);
  }
  std::sort(decoding.config.policy.allowed_functions.begin(), decoding.config.policy.allowed_functions.end());
}

}  // namespace sluice::config
