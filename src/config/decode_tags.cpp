#include <algorithm>

#include "config/sections.h"
#include "policy/names.h"

namespace sluice::config {
namespace {

struct TaggedName {
  std::vector<std::string> parts;  ///< schema, table and perhaps column
  bool within = false;             ///< it says more: a key of a json value, a field of a composite one
};

/// schema.table, schema.table.column, schema.table.column.field, schema.table.column -> 'key' -> 'key'
std::optional<TaggedName> tagged_name(const std::string& text) {
  const std::size_t arrow = text.find(" -> '");
  auto parts = policy::split_name(text.substr(0, arrow));
  if (!parts || parts->size() < 2 || parts->size() > 4) return std::nullopt;
  TaggedName name{std::move(*parts), arrow != std::string::npos};
  if (name.within && (name.parts.size() < 3 || !text.ends_with('\''))) return std::nullopt;
  if (name.parts.size() == 4) {
    name.parts.pop_back();
    name.within = true;
  }
  return name;
}

void decode_tagging(const DatabaseAlias& database, const YamlNode& key, const YamlNode& value, Decoding& decoding) {
  FindingList& findings = decoding.findings;
  policy::Tagging tagging;
  tagging.database = database;
  const auto name = tagged_name(key.text);
  policy::Tagging* same = nullptr;
  if (!name) {
    findings.error(key.place, "\"" + key.text + "\" is not schema.table or schema.table.column; "
                              "a name with capitals or other signs needs double quotes");
  } else {
    tagging.schema = name->parts[0];
    tagging.table = name->parts[1];
    if (name->parts.size() == 3) tagging.column = name->parts[2];
    for (policy::Tagging& other : decoding.config.policy.taggings) {
      if (other.database == database && other.schema == tagging.schema && other.table == tagging.table && other.column == tagging.column) same = &other;
    }
    if (same != nullptr && !name->within) findings.error(key.place, key.text + " is tagged twice: write its tags in one list");
  }
  // An empty list says of a column that it was looked at and needs no tag.
  const bool reviewed = value.kind == YamlNode::Kind::sequence && value.items.empty() && !tagging.column.empty() && !name->within;
  for (auto& tag : reviewed ? std::vector<Placed<std::string>>() : read_texts(value, findings)) {
    if (!is_tag(tag.value)) {
      findings.error(tag.place, "\"" + tag.value + "\" is no tag: lower-case letters, digits and _ . : - are, 63 at most");
    }
    tagging.tags.push_back(std::move(tag.value));
  }
  // The part of a value that is tagged can be reached in many ways: the whole value is masked.
  if (same == nullptr) {
    decoding.config.policy.taggings.push_back(std::move(tagging));
    return;
  }
  for (std::string& tag : tagging.tags) {
    if (std::find(same->tags.begin(), same->tags.end(), tag) == same->tags.end()) same->tags.push_back(std::move(tag));
  }
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
