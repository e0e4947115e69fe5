#include <algorithm>
#include <array>

#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

struct SystemColumn {
  std::string_view name;
  std::int16_t attribute;
};
constexpr std::array<SystemColumn, 6> kSystemColumns{
    {{"ctid", -1}, {"xmin", -2}, {"cmin", -3}, {"xmax", -4}, {"cmax", -5}, {"tableoid", kTableOid}}};

std::string dotted(const ListView<Node>& fields) {
  std::string out;
  for (const Node* field : fields) {
    if (!out.empty()) out += '.';
    out += IsA(field, A_Star) ? std::string_view("*") : text_of(field);
  }
  return out;
}

}  // namespace

bool QueryAnalyser::find_in_item(const FromItem& item, std::string_view name, Reference& reference) {
  const std::size_t size = item.size();
  work_ += size;
  std::size_t matches = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (item.column_name(i) != name) continue;
    ++matches;
    reference.item = &item;
    reference.index = i;
    reference.column = true;
    reference.attribute = item.relation != nullptr ? item.relation->columns[i].attribute : std::int16_t{0};
  }
  if (matches > 1) {
    fail(make_error(ErrorKind::ambiguous_column, "column reference \"" + std::string(name) + "\" is ambiguous"));
  }
  if (matches > 0) return true;
  if (item.relation == nullptr || item.derived != nullptr) return false;
  for (const SystemColumn& system : kSystemColumns) {
    if (system.name != name) continue;
    reference.item = &item;
    reference.column = false;
    reference.attribute = system.attribute;
    return true;
  }
  return false;
}

// A name without a qualifier: the innermost level that has it decides, and must have it only once.
std::optional<QueryAnalyser::Reference> QueryAnalyser::resolve_column(std::string_view name, Scope& scope, int location,
                                                                      bool local_only) {
  for (Scope* level = &scope; level != nullptr; level = local_only ? nullptr : level->parent) {
    std::optional<Reference> found;
    for (const Visible& visible : level->visible) {
      if (!visible.by_column || (visible.lateral_only && !level->lateral)) continue;
      Reference reference;
      if (!find_in_item(*visible.item, name, reference)) continue;
      if (found) {
        fail(make_error(ErrorKind::ambiguous_column, "column reference \"" + std::string(name) + "\" is ambiguous"), location);
        return std::nullopt;
      }
      reference.scope = level;
      found = reference;
    }
    if (failed()) return std::nullopt;
    if (found) return found;
  }
  return std::nullopt;
}

std::optional<QueryAnalyser::Reference> QueryAnalyser::resolve_item(std::string_view schema, std::string_view name, Scope& scope,
                                                                    int location) {
  for (Scope* level = &scope; level != nullptr; level = level->parent) {
    const FromItem* found = nullptr;
    for (const Visible& visible : level->visible) {
      ++work_;
      if (!visible.by_name || visible.item->name != name || (visible.lateral_only && !level->lateral)) continue;
      const FromItem& item = *visible.item;
      if (!schema.empty() && (item.relation == nullptr || item.aliased || item.relation->schema != schema)) continue;
      if (found != nullptr) {
        fail(make_error(ErrorKind::ambiguous_column, "table reference \"" + std::string(name) + "\" is ambiguous"), location);
        return std::nullopt;
      }
      found = &item;
    }
    if (found != nullptr) return Reference{found, level, kWholeRow, 0, false};
  }
  return std::nullopt;
}

void QueryAnalyser::undefined_column(const ColumnRef& reference, std::string_view qualifier, std::string_view name) {
  std::string message = "column \"" + std::string(name) + "\" does not exist";
  if (!qualifier.empty()) message = "column " + std::string(qualifier) + "." + std::string(name) + " does not exist";
  fail(make_error(ErrorKind::undefined_column, std::move(message)), reference.location);
}

std::optional<QueryAnalyser::Reference> QueryAnalyser::resolve(const ColumnRef& reference, Scope& scope) {
  const auto fields = elements(reference.fields);
  const bool star = IsA(fields.back(), A_Star);
  if (fields.size() == 1) {
    const std::string_view name = text_of(fields.front());
    if (auto column = resolve_column(name, scope, reference.location, false)) return column;
    if (failed()) return std::nullopt;
    if (auto row = resolve_item({}, name, scope, reference.location)) return row;
    for (Scope* level = &scope; level != nullptr; level = level->parent) {
      for (const Visible& visible : level->visible) {
        if (visible.item->open && visible.by_column && (!visible.lateral_only || level->lateral)) return Reference{visible.item, level, 0, 0, true};
      }
    }
    if (variables_) return note_variable(reference, scope);
    undefined_column(reference, {}, name);
    return std::nullopt;
  }
  if (variables_ && is_variable(reference, scope)) return note_variable(reference, scope);
  if (fields.size() > 4) {
    fail(make_error(ErrorKind::syntax_error, "improper qualified name (too many dotted names): " + dotted(fields)), reference.location);
    return std::nullopt;
  }
  if (fields.size() == 4 && text_of(fields[0]) != catalog_.database()) {
    fail(make_error(ErrorKind::not_supported, "cross-database references are not implemented: " + dotted(fields)), reference.location);
    return std::nullopt;
  }
  const bool with_schema = fields.size() >= 3;
  const std::string_view schema = with_schema ? text_of(fields[fields.size() - 3]) : std::string_view();
  const std::string_view table = text_of(fields[fields.size() - 2]);
  auto row = resolve_item(schema == "pg_temp" ? std::string_view(names_.temporary_schema) : schema, table, scope,
                          reference.location);
  if (!row) {
    fail(make_error(ErrorKind::undefined_table, "missing FROM-clause entry for table \"" + std::string(table) + "\""),
         reference.location);
    return std::nullopt;
  }
  if (star) {
    row->attribute = kAllColumns;
    return row;
  }
  const std::string_view name = text_of(fields.back());
  Reference column{row->item, row->scope, 0, 0, false};
  if (find_in_item(*row->item, name, column)) return column;
  if (row->item->open) {
    column.column = true;
    return column;
  }
  undefined_column(reference, table, name);
  return std::nullopt;
}

void QueryAnalyser::read_column(const FromItem& item, std::size_t index, const Reading& reading) {
  Flow flow;
  item.add_flow(index, reading.kind, flow);
  use_flow(flow, reading.uses);
  if (reading.flow != nullptr) reading.flow->insert(reading.flow->end(), flow.begin(), flow.end());
  if (item.relation == nullptr) return;
  const ColumnId own{item.relation->oid, item.relation->columns[index].attribute};
  if (item.derived != nullptr) use_flow({{own, reading.kind}}, reading.uses);  // a view's own columns may be tagged too
  if (item.is_target) touch(*item.relation, {.reads = true});
}

// Reads what the reference stands for, and notes the places that masks would have to edit.
void QueryAnalyser::read(const Reference& reference, const ColumnRef& node, const Reading& reading) {
  const FromItem& item = *reference.item;
  if (reference.column) {
    read_column(item, reference.index, reading);
  } else if (reference.attribute >= 0 || reference.attribute == kAllColumns) {
    for (std::size_t i = 0; i < item.size(); ++i) read_column(item, i, reading.as(FlowKind::derived));
  }
  if (reference.scope->group != nullptr && item.derived == nullptr) {
    const bool whole = !reference.column && reference.attribute == kWholeRow;
    reference.scope->group->references.push_back({&item, whole ? kAllColumns : reference.attribute});
  }
  note_site(reference, node);
}

void QueryAnalyser::note_site(const Reference& reference, const ColumnRef& node) {
  const FromItem& item = *reference.item;
  if (item.site < 0) return;
  const auto fields = static_cast<int>(elements(node.fields).size());
  const bool system = !reference.column && reference.attribute < 0 && reference.attribute != kAllColumns;
  RelationSite& site = sites_.relations[static_cast<std::size_t>(item.site)];
  site.tableoid |= reference.attribute == kTableOid;
  site.starred |= !reference.column && !system;
  if (item.is_target || fields > 2 || system) {
    sites_.columns.push_back({node.location, item.site, reference.attribute, fields,
                              item.is_target ? reference.scope->place : ColumnPlace::source});
  }
}

void QueryAnalyser::column_reference(const ColumnRef& node, Scope& scope, const Reading& reading) {
  if (elements(node.fields).size() == 1 && IsA(elements(node.fields).front(), A_Star)) {
    return not_supported("* here", node.location);
  }
  auto reference = resolve(node, scope);
  if (!reference) return;
  if (reference->attribute == kAllColumns) reference->attribute = kWholeRow;  // t.* within an expression
  read(*reference, node, reading);
}

}  // namespace sluice::sql
