#include "sql/parse.h"
#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

constexpr int kMaxViewDepth = 32;

/// Which table is written when the view is? Whether PostgreSQL lets it be written at all is PostgreSQL's to say.
void note_written_table(ViewText& view, const SelectStmt& definition) {
  const auto items = elements(definition.fromClause);
  if (definition.op != SETOP_NONE || items.size() != 1 || !IsA(items.front(), RangeVar)) return;
  for (const RelationSite& site : view.sites.relations) {
    if (site.location != as<RangeVar>(items.front()).location) continue;
    const ViewText* inner = site.view < 0 ? nullptr : view.sites.views[static_cast<std::size_t>(site.view)].get();
    const Relation* relation = view.sites.catalog->relation(site.relation);
    view.table = inner != nullptr ? inner->table : site.relation;
    if (inner == nullptr) continue;
    view.between = {site.relation};
    view.between.insert(view.between.end(), inner->between.begin(), inner->between.end());
    if (relation != nullptr) view.runs_code = inner->runs_code || relation->has_user_triggers || relation->has_user_rules;
  }
}

}  // namespace

// What a view returns is what its definition returns: the columns' flows, and all uses and relations of
// the definition, become the statement's own.
const DerivedColumns* QueryAnalyser::view_columns(const Relation& view, int& view_index) {
  const auto refuse = [&](ErrorKind kind, std::string why) {
    fail(make_error(kind, "view \"" + view.name + "\" " + why, "Query its tables instead."));
    return nullptr;
  };
  if (view.view_definition.empty() || view_depth_ >= kMaxViewDepth) return refuse(ErrorKind::not_supported, "cannot be analysed");

  auto text = std::make_unique<ViewText>();
  text->text = view.view_definition;
  while (!text->text.empty() && (text->text.back() == ';' || text->text.back() == '\n' || text->text.back() == ' ')) {
    text->text.pop_back();
  }
  text->sites.catalog = sites_.catalog;
  text->sites.limits = limits_;
  text->sites.statements = 1;
  const auto parsed = ParsedText::parse(text->text, limits_);
  if (!parsed.ok() || parsed.value().size() != 1) return refuse(ErrorKind::not_supported, "cannot be analysed");
  NameContext names = names_;
  // The definition of a temporary view was asked for within the session, and is written for its search path.
  if (view.schema != names_.temporary_schema) {
    names.search_path.clear();
    names.temporary_schema.clear();
  }
  QueryAnalyser inner(text->text, catalog_, names, limits_, text->sites, view_depth_ + 1);
  inner.work_ = work_;
  inner.code_ = code_;
  auto analysed = inner.statement(*parsed.value().statement(0), 0);
  work_ = inner.work_;
  if (!analysed.ok()) {
    if (analysed.error().kind == ErrorKind::statement_too_complex) {
      fail(std::move(analysed).error());
      return nullptr;
    }
    const bool denied = analysed.error().kind == ErrorKind::denied;
    return refuse(denied ? ErrorKind::denied : ErrorKind::not_supported,
                  denied ? "uses what may not be used here" : "cannot be analysed");
  }
  text->analysis = std::move(analysed).value();
  if (text->analysis.kind != StatementKind::select || text->analysis.outputs.size() != view.columns.size()) {
    return refuse(ErrorKind::not_supported, "cannot be analysed");
  }

  note_written_table(*text, as<SelectStmt>(parsed.value().statement(0)->stmt));

  relations_.insert(relations_.end(), text->analysis.relations.begin(), text->analysis.relations.end());
  uses_.insert(uses_.end(), text->analysis.uses.begin(), text->analysis.uses.end());
  unknown_code_.insert(unknown_code_.end(), text->analysis.unknown_code.begin(), text->analysis.unknown_code.end());
  sites_.code.insert(sites_.code.end(), text->sites.code.begin(), text->sites.code.end());
  work_ += text->analysis.uses.size();
  DerivedColumns& columns = new_columns();
  for (std::size_t i = 0; i < view.columns.size(); ++i) {
    columns.push_back({view.columns[i].name, text->analysis.outputs[i].flow, nullptr, 0});
  }
  view_index = static_cast<int>(sites_.views.size());
  sites_.views.push_back(std::move(text));
  return &columns;
}

}  // namespace sluice::sql
