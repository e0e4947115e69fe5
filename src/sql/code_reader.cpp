#include "sql/code_reader.h"

#include <algorithm>
#include <utility>

#include "sql/catalog.h"
#include "sql/parse.h"
#include "sql/plpgsql.h"
#include "sql/query_analyser.h"
#include "sql/tokens.h"
#include "sql/utility.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

constexpr std::size_t kLongestBody = 256 * 1024;

Error obstacle(std::string why) { return make_error(ErrorKind::not_supported, std::move(why)); }

ActionBits bits_of(const std::vector<Action>& actions) {
  ActionBits bits = 0;
  for (const Action action : actions) bits |= action_bit(action);
  return bits;
}

class CodeReader {
 public:
  CodeReader(const Catalog& catalog, const std::optional<std::vector<std::string>>& search_path) : catalog_(catalog), any_schema_(!search_path) {
    names_.search_path.clear();
    if (search_path) names_.search_path = *search_path;
  }

  /// All statements of a text.
  Status text(std::string_view text) {
    if (text.find_first_not_of(" \t\r\n;") == std::string_view::npos) return Done{};
    SLUICE_TRY(parsed, ParsedText::parse(text, {}));
    for (std::size_t i = 0; i < parsed.size(); ++i) SLUICE_CHECK(statement(*parsed.statement(i), text));
    return Done{};
  }

  Status statement(const RawStmt& raw, std::string_view text) {
    const Node* node = raw.stmt;
    if (!is_query(node) && !IsA(node, CallStmt)) return obstacle("does more than read and write rows");
    TextSites sites;
    sites.catalog = std::shared_ptr<const Catalog>(std::shared_ptr<void>(), &catalog_);
    QueryAnalyser analyser(text, catalog_, names_, {}, sites, 0);
    analyser.read_code(found_.notes, any_schema_);
    SLUICE_TRY(analysis, analyser.statement(raw, 0));
    return add(analysis, sites);
  }

  /// Only what decides about the rows of the query counts as read.
  void only_choice() { only_choice_ = true; }

  /// A definition with a parsed body: BEGIN ATOMIC … or RETURN ….
  Status definition(std::string_view text) {
    SLUICE_TRY(parsed, ParsedText::parse(text, {}));
    if (parsed.size() != 1 || !IsA(parsed.statement(0)->stmt, CreateFunctionStmt)) return obstacle("is not understood");
    const auto& create = as<CreateFunctionStmt>(parsed.statement(0)->stmt);
    if (create.sql_body == nullptr) return Done{};  // an empty text
    return body(create.sql_body, text);
  }

  Status trigger_condition(std::string_view text) {
    SLUICE_TRY(parsed, ParsedText::parse(text, {}));
    if (parsed.size() != 1 || !IsA(parsed.statement(0)->stmt, CreateTrigStmt)) return obstacle("is not understood");
    const auto& create = as<CreateTrigStmt>(parsed.statement(0)->stmt);
    if (create.transitionRels != nullptr) found_.notes.whole_row = true;
    for (const Node* argument : elements(create.args)) found_.arguments.emplace_back(text_of(argument));
    constexpr std::pair<int, CodeEvent> kEvents[] = {
        {1 << 2, CodeEvent::insert}, {1 << 3, CodeEvent::delete_}, {1 << 4, CodeEvent::update}, {1 << 5, CodeEvent::truncate}};  // pg_trigger.h
    for (const auto& [bit, event] : kEvents) {
      if ((create.events & bit) != 0) found_.events |= 1u << static_cast<unsigned>(event);
    }
    if (create.whenClause == nullptr) return Done{};
    return expression(create.whenClause, text);
  }

  void add_type(std::string_view written) {
    // Reads `schema.name%TYPE`, `name(…)[]`: the words before any of that.
    const std::string_view type = written.substr(0, written.find_first_of("([%"));
    const std::size_t dot = type.rfind('.');
    std::string name(type.substr(dot == std::string_view::npos ? 0 : dot + 1));
    name.erase(std::remove_if(name.begin(), name.end(), [](char c) { return c == '"' || c == ' ' || c == '\n' || c == '\t' || c == '\r'; }), name.end());
    for (const Routine* routine : catalog_.code().of_type(name)) found_.notes.calls.push_back(routine->oid);
  }

  ReadCode& found() { return found_; }

 private:
  /// The parser's memory belongs to the whole definition: each statement becomes one of its own.
  Status body(const Node* node, std::string_view text) {
    if (node == nullptr) return Done{};  // BEGIN ATOMIC END: an empty list is no node
    if (IsA(node, List)) {
      for (const Node* element : elements(reinterpret_cast<const List*>(node))) SLUICE_CHECK(body(element, text));
      return Done{};
    }
    if (IsA(node, ReturnStmt)) return expression(as<ReturnStmt>(node).returnval, text);
    RawStmt raw{};
    raw.type = T_RawStmt;
    raw.stmt = const_cast<Node*>(node);
    return statement(raw, text);
  }

  Status expression(const Node* node, std::string_view text) {
    ResTarget target{};
    target.type = T_ResTarget;
    target.val = const_cast<Node*>(node);
    target.location = -1;
    ListCell cell{};
    cell.ptr_value = &target;
    List list{};
    list.type = T_List;
    list.length = 1;
    list.max_length = 1;
    list.elements = &cell;
    SelectStmt select{};
    select.type = T_SelectStmt;
    select.targetList = &list;
    RawStmt raw{};
    raw.type = T_RawStmt;
    raw.stmt = reinterpret_cast<Node*>(&select);
    return statement(raw, text);
  }

  Status add(const Analysis& analysis, const TextSites& sites) {
    const StatementKind kind = analysis.kind;
    if (kind != StatementKind::select && kind != StatementKind::insert && kind != StatementKind::update && kind != StatementKind::delete_ &&
        kind != StatementKind::merge && kind != StatementKind::code) {
      return obstacle("does more than read and write rows");
    }
    CodeEffect effect;
    effect.relations = analysis.relations;
    effect.actions = bits_of(analysis.actions) & ~action_bit(Action::select) & ~action_bit(Action::code);
    const auto counts = [&](Use use) {
      if (!only_choice_) return use != Use::write_target;
      return use == Use::predicate || use == Use::join || use == Use::grouping || use == Use::ordering;
    };
    for (const ColumnUse& use : analysis.uses) {
      if (counts(use.use)) effect.reads.push_back(use.column);
    }
    for (const WriteSite& write : sites.writes) {
      effect.writes.push_back({{write.table, write.attribute}, write.insert});
    }
    // System columns and samples tell of whole rows.
    for (const ColumnSite& column : sites.columns) {
      if (column.attribute < 0 && column.attribute != kAllColumns) add_columns(sites.relations[static_cast<std::size_t>(column.relation)].relation, effect.reads);
    }
    for (const RelationSite& relation : sites.relations) {
      if (relation.sample_follows_pages) add_columns(relation.relation, effect.reads);
    }
    SLUICE_CHECK(add_same_named(effect));
    found_.effect.add(effect);
    return Done{};
  }

  // What is done to the relation that a name was taken for may be done to every other one of this name.
  Status add_same_named(CodeEffect& effect) {
    for (const auto& [taken, other] : found_.notes.same_name) {
      const Relation* relation = catalog_.relation(other);
      if (relation == nullptr || (relation->kind != RelationKind::table && relation->kind != RelationKind::partitioned_table)) {
        return obstacle("names relations without a schema, and has no search_path of its own");
      }
      const auto access = std::find_if(effect.relations.begin(), effect.relations.end(), [&](const RelationAccess& a) { return a.relation == taken; });
      if (access == effect.relations.end()) continue;
      RelationAccess copy = *access;
      copy.relation = other;
      add_columns(other, effect.reads);
      if (copy.inserts || copy.updates) {
        for (const Column& column : relation->columns) {
          effect.writes.push_back({{other, column.attribute}, true});
          effect.writes.push_back({{other, column.attribute}, false});
        }
      }
      if (copy.inserts) found_.notes.sets_off.emplace_back(other, CodeEvent::insert);
      if (copy.updates) found_.notes.sets_off.emplace_back(other, CodeEvent::update);
      if (copy.deletes) found_.notes.sets_off.emplace_back(other, CodeEvent::delete_);
      found_.notes.sets_off.emplace_back(other, CodeEvent::read);
      effect.relations.push_back(copy);
    }
    found_.notes.same_name.clear();
    return Done{};
  }

  void add_columns(Oid oid, std::vector<ColumnId>& columns) const {
    const Relation* relation = catalog_.relation(oid);
    if (relation == nullptr) return;
    for (const Column& column : relation->columns) columns.push_back({oid, column.attribute});
  }

  const Catalog& catalog_;
  bool any_schema_;
  bool only_choice_ = false;
  NameContext names_;
  ReadCode found_;
};

/// NEW.x := lower(NEW.x): functions that cannot fail, and whose result goes where the value came from.
bool is_tidied(const PlpgsqlQuery& query, const Catalog& catalog) {
  constexpr std::string_view kFunctions[] = {"lower", "upper", "initcap", "trim", "btrim", "ltrim", "rtrim", "coalesce", "nullif"};
  if (query.row_field.empty()) return false;
  const Tokens tokens(query.text);
  for (int i = 1; i < tokens.size(); ++i) {  // after SELECT
    if (tokens.is(i, "(") || tokens.is(i, ")") || tokens.is(i, ",") || tokens[i].kind == TokenKind::string) continue;
    if (tokens.is(i, "new") && tokens.is(i + 1, ".") && tokens.is(i + 2, query.row_field) && !tokens.is(i + 3, ".")) {
      i += 2;
      continue;
    }
    const bool known = std::any_of(std::begin(kFunctions), std::end(kFunctions), [&](std::string_view name) {
      return tokens.is(i, name) && tokens.is(i + 1, "(") && catalog.code().routines(name).empty();
    });
    if (!known) return false;
  }
  return catalog.code().of_operator("=").empty();  // which NULLIF looks up
}

/// Why an analysis failed, as a person would say it of the function.
Error explained(const Error& error) {
  if (error.kind == ErrorKind::denied) return obstacle("does what may not be done here (" + error.message + ")");
  return obstacle("has a statement that is not understood (" + error.message + ")");
}

}  // namespace

Result<ReadCode> read_routine(const RoutineSource& source, const Catalog& catalog) {
  if (source.body.size() > kLongestBody) return obstacle("is too long");
  CodeReader reader(catalog, source.search_path);
  if (source.language == "sql") {
    if (source.parsed) {
      // Its names are written out in full: those without a schema are of pg_catalog.
      CodeReader exact(catalog, std::vector<std::string>{});
      const Status read = exact.definition(source.body);
      if (!read.ok()) return explained(read.error());
      return std::move(exact.found());
    }
    const Status read = reader.text(source.body);
    if (!read.ok()) return explained(read.error());
    return std::move(reader.found());
  }
  if (source.language != "plpgsql") return obstacle("is written in " + source.language);
  SLUICE_TRY(body, read_plpgsql(source.body));
  for (const PlpgsqlQuery& query : body.queries) {
    if (is_tidied(query, catalog)) continue;
    const Status read = reader.text(query.text);
    if (!read.ok()) return explained(read.error());
    if (!query.row_field.empty()) reader.found().row_writes.push_back(query.row_field);
  }
  for (const std::string& type : body.types) reader.add_type(type);
  reader.found().raises = body.raises;
  if (body.assigns_row) reader.found().notes.whole_row = true;
  return std::move(reader.found());
}

Result<ReadCode> read_query(std::string_view query, const Catalog& catalog) {
  CodeReader reader(catalog, std::vector<std::string>{});
  const Status read = reader.text(query);
  if (!read.ok()) return explained(read.error());
  return std::move(reader.found());
}

Result<ReadCode> read_choice(std::string_view query, const Catalog& catalog) {
  CodeReader reader(catalog, std::vector<std::string>{});
  reader.only_choice();
  const Status read = reader.text(query);
  if (!read.ok()) return explained(read.error());
  return std::move(reader.found());
}

Result<ReadCode> read_trigger(std::string_view definition, const Catalog& catalog) {
  CodeReader reader(catalog, std::vector<std::string>{});
  const Status read = reader.trigger_condition(definition);
  if (!read.ok()) return explained(read.error());
  return std::move(reader.found());
}

}  // namespace sluice::sql
