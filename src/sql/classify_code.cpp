// What each piece of stored code can do, everything included that it calls and sets off.

#include <algorithm>
#include <array>
#include <deque>
#include <set>
#include <utility>

#include "sql/builtin_functions.h"
#include "sql/catalog.h"
#include "sql/code_reader.h"
#include "sql/extension_functions.h"
#include "sql/stored_code.h"

namespace sluice::sql {
namespace {

constexpr std::size_t kMaxReach = 2000;  // routines and events that one piece of code may lead to
constexpr int kDeepestInheritance = 64;
constexpr std::array kWrites{CodeEvent::insert, CodeEvent::update, CodeEvent::delete_};

bool may_support(std::string_view builtin) {
  const FunctionClass function_class = builtin_function(builtin).function_class;
  return function_class != FunctionClass::refused && function_class != FunctionClass::setting;
}

/// Nobody calls the functions that read and write values of PostgreSQL's own types; types made like these run them, and range
/// types come with constructors of their own.
bool makes_values(std::string_view builtin) {
  if (builtin.starts_with("range_constructor") || builtin.starts_with("multirange_constructor")) return true;
  if (!builtin_function(builtin).known || builtin.starts_with("pg_")) return false;
  return builtin.ends_with("in") || builtin.ends_with("out") || builtin.ends_with("recv") || builtin.ends_with("send");
}

}  // namespace

class CodeClassifier {
 public:
  CodeClassifier(CodeCollector& from, const Catalog& catalog, StoredCode& to) : from_(from), catalog_(catalog), to_(to) {}

  void classify() {
    index();
    read_routines();
    read_triggers();
    read_relations();
    for (std::size_t i = 0; i < to_.routines_.size(); ++i) closures_.push_back(closure_of(i));
    for (std::size_t i = 0; i < to_.routines_.size(); ++i) to_.routines_[i].effect = closures_[i].effect;
    forget_harmless(from_.operators_, to_.operators_);
    forget_harmless(from_.types_, to_.types_);
    make_roots();
  }

 private:
  using Event = std::pair<Oid, CodeEvent>;

  /// Something that an event sets off.
  struct Hook {
    std::string name;
    std::vector<std::size_t> routines;
    CodeEffect effect;             ///< of its own: what it reads of the row
    bool row_if_raised = false;    ///< it is given the row's values: messages would tell of them
  };

  struct Closure {
    CodeEffect effect;
    bool raises = false;
  };

  void index() {
    to_.routines_ = from_.routines_;
    to_.by_oid_ = from_.by_oid_;
    for (std::size_t i = 0; i < to_.routines_.size(); ++i) to_.by_name_.emplace(to_.routines_[i].name, i);
    std::erase_if(from_.operators_, [&](const auto& each) { return is_trusted(each.second); });
    std::erase_if(from_.types_, [&](const auto& each) { return is_trusted(each.second); });
    to_.operators_.insert(from_.operators_.begin(), from_.operators_.end());
    to_.types_.insert(from_.types_.begin(), from_.types_.end());
  }

  // Superusers install extensions: what nobody reviewed may not be called, but their operators and types work, and so do the
  // expressions that a table's owner made of them. Functions of pg_catalog are not ours to follow.
  bool is_trusted(Oid routine) const {
    const auto found = to_.by_oid_.find(routine);
    if (found == to_.by_oid_.end()) return true;
    const RoutineSource& source = from_.sources_[found->second];
    return source.language == "c" && !source.extension.empty() &&
           extension_function(source.extension, to_.routines_[found->second].name) == ExtensionFunction::unknown;
  }

  // Routines

  void read_routines() {
    read_.resize(to_.routines_.size());
    for (std::size_t i = 0; i < to_.routines_.size(); ++i) {
      Routine& routine = to_.routines_[i];
      const RoutineSource& source = from_.sources_[i];
      auto read = read_routine_of(routine, source);
      if (read.ok()) {
        read_[i] = std::move(read).value();
      } else {
        routine.obstacle = read.error().message;
      }
      if (!source.setting.empty()) routine.obstacle = "changes the setting " + source.setting;
      // A trigger function runs for the table's owner; nobody can call it.
      if (source.security_definer && !source.trigger && routine.obstacle.empty()) routine.obstacle = "runs with its owner's rights";
      if (!routine.obstacle.empty()) read_[i].effect.unknown = {routine.full_name()};
    }
    for (const auto& [aggregate, name] : from_.supports_) {
      const auto found = to_.by_oid_.find(aggregate);
      if (found == to_.by_oid_.end() || may_support(name)) continue;
      to_.routines_[found->second].obstacle = "runs " + name;
      read_[found->second].effect.unknown = {to_.routines_[found->second].full_name()};
    }
    for (const auto& [caller, routine] : from_.calls_) {
      const auto found = to_.by_oid_.find(caller);
      if (found != to_.by_oid_.end()) read_[found->second].notes.calls.push_back(routine);
    }
  }

  Result<ReadCode> read_routine_of(const Routine& routine, const RoutineSource& source) const {
    if (routine.kind == 'a') return ReadCode{};  // what it runs is noted as calls
    if (source.language == "c" || source.language == "internal") {
      if (source.extension.empty()) {
        // CREATE FUNCTION … LANGUAGE internal gives a function of pg_catalog another name.
        if (source.language == "internal" && (may_support(source.body) || makes_values(source.body))) return ReadCode{};
        return make_error(ErrorKind::not_supported, "is written in C");
      }
      switch (extension_function(source.extension, routine.name)) {
        case ExtensionFunction::harmless: return ReadCode{};
        case ExtensionFunction::refused: return make_error(ErrorKind::not_supported, "reaches beyond its arguments");
        case ExtensionFunction::unknown: break;
      }
      return make_error(ErrorKind::not_supported, "is written in C");
    }
    if (source.language.empty()) return make_error(ErrorKind::not_supported, "is not known");
    return read_routine(source, catalog_);
  }

  // Everything that code leads to, itself included. Events stand for all code that hangs on them.
  Closure closure_of(std::size_t routine) const { return closure({routine}, {}); }

  Closure closure(std::vector<std::size_t> routines, std::vector<Event> events) const {
    Closure closure;
    std::set<std::size_t> seen_routines;
    std::set<Event> seen_events;
    while (!routines.empty() || !events.empty()) {
      if (seen_routines.size() + seen_events.size() > kMaxReach) {
        closure.effect.unknown.emplace_back("everything");
        return closure;
      }
      if (!routines.empty()) {
        const std::size_t each = routines.back();
        routines.pop_back();
        if (!seen_routines.insert(each).second) continue;
        const ReadCode& code = read_[each];
        closure.effect.add(code.effect);
        closure.raises |= code.raises;
        follow(code.notes, routines, events);
        continue;
      }
      const Event event = events.back();
      events.pop_back();
      if (!seen_events.insert(event).second) continue;
      for (const Hook& hook : hooks_of(event)) {
        closure.effect.add(hook.effect);
        routines.insert(routines.end(), hook.routines.begin(), hook.routines.end());
      }
    }
    return closure;
  }

  void follow(const CodeNotes& notes, std::vector<std::size_t>& routines, std::vector<Event>& events) const {
    for (const Oid oid : notes.calls) {
      const auto found = to_.by_oid_.find(oid);
      if (found != to_.by_oid_.end()) routines.push_back(found->second);
    }
    events.insert(events.end(), notes.sets_off.begin(), notes.sets_off.end());
  }

  // What hangs on relations

  void read_triggers() {
    for (const TriggerSource& source : from_.triggers_) {
      const Relation* relation = catalog_.relation(source.relation);
      if (relation == nullptr) continue;
      auto read = read_trigger(source.definition, catalog_);
      ReadCode code = read.ok() ? std::move(read).value() : ReadCode{};
      const auto routine = to_.by_oid_.find(source.routine);
      Hook hook;
      hook.name = routine == to_.by_oid_.end() ? "pg_catalog." + source.routine_name : to_.routines_[routine->second].full_name();
      if (!read.ok()) hook.effect.unknown = {hook.name};
      CodeNotes notes = code.notes;
      std::vector<std::string> row_writes;
      if (routine != to_.by_oid_.end()) {
        hook.routines.push_back(routine->second);
        add_row_use(read_[routine->second], notes, row_writes);
        // Those of extensions (moddatetime …) fill the columns that they are told.
        if (from_.sources_[routine->second].language == "c") row_writes.insert(row_writes.end(), code.arguments.begin(), code.arguments.end());
      } else if (!add_builtin_trigger(source.routine_name, code, notes, row_writes)) {
        hook.effect.unknown = {hook.name};
      }
      std::vector<Event> events;
      follow(code.notes, hook.routines, events);
      const bool all = !read.ok();
      for (const CodeEvent event : {CodeEvent::insert, CodeEvent::update, CodeEvent::delete_, CodeEvent::truncate}) {
        if (!all && (code.events & (1u << static_cast<unsigned>(event))) == 0) continue;
        Hook own = hook;
        add_row(*relation, event, notes, row_writes, own.effect);
        hooks_[{relation->oid, event}].push_back(std::move(own));
        // A row that moves to another partition is deleted from one and inserted into the other.
        if (relation->parents.empty() || (event != CodeEvent::insert && event != CodeEvent::delete_)) continue;
        Hook moved = hook;
        add_row(*relation, CodeEvent::delete_, notes, row_writes, moved.effect);
        hooks_[{relation->oid, CodeEvent::update}].push_back(std::move(moved));
      }
    }
  }

  static void add_row_use(const ReadCode& code, CodeNotes& notes, std::vector<std::string>& row_writes) {
    notes.row_fields.insert(notes.row_fields.end(), code.notes.row_fields.begin(), code.notes.row_fields.end());
    notes.compared_fields.insert(notes.compared_fields.end(), code.notes.compared_fields.begin(), code.notes.compared_fields.end());
    notes.whole_row |= code.notes.whole_row;
    notes.compares_rows |= code.notes.compares_rows;
    row_writes.insert(row_writes.end(), code.row_writes.begin(), code.row_writes.end());
  }

  static bool add_builtin_trigger(std::string_view name, const ReadCode& trigger, CodeNotes& notes, std::vector<std::string>& row_writes) {
    if (name == "suppress_redundant_updates_trigger") {
      notes.compares_rows = true;
      return true;
    }
    if (!name.starts_with("tsvector_update_trigger") || trigger.arguments.empty()) return false;
    row_writes.push_back(trigger.arguments.front());
    notes.row_fields.insert(notes.row_fields.end(), trigger.arguments.begin() + 1, trigger.arguments.end());
    return true;
  }

  // A new row holds what its writer gave it; any other holds what is there. What no writer can change compares equal.
  // What a view's row is made of, its columns do not say.
  static void add_row(const Relation& relation, CodeEvent event, const CodeNotes& notes, const std::vector<std::string>& row_writes, CodeEffect& effect) {
    const bool of_view = relation.kind == RelationKind::view && event != CodeEvent::insert;
    if (of_view && (notes.whole_row || notes.compares_rows || !notes.row_fields.empty() || !notes.compared_fields.empty())) {
      effect.unknown = {"triggers on " + relation.schema + "." + relation.name};
    }
    CodeEffect row;
    const auto add_columns = [&](const std::vector<std::string>& fields, bool all) {
      for (const Column& column : relation.columns) {
        if (all || std::find(fields.begin(), fields.end(), column.name) != fields.end()) row.reads.push_back({relation.oid, column.attribute});
      }
    };
    if (event != CodeEvent::insert) add_columns(notes.row_fields, notes.whole_row);
    if (event == CodeEvent::delete_) add_columns(notes.compared_fields, notes.compares_rows);
    for (const Column& column : relation.columns) {
      if (std::find(row_writes.begin(), row_writes.end(), column.name) == row_writes.end()) continue;
      row.writes.push_back({{relation.oid, column.attribute}, event == CodeEvent::insert});
    }
    effect.add(row);
  }

  void read_relations() {
    for (const auto& expression : from_.expressions_) {
      const auto routine = to_.by_oid_.find(expression.routine);
      if (is_trusted(expression.routine) || catalog_.relation(expression.relation) == nullptr) continue;
      const Hook hook{to_.routines_[routine->second].full_name(), {routine->second}, {}, true};
      if (expression.kind == 'p') {
        hooks_[{expression.relation, CodeEvent::read}].push_back(hook);
        for (const CodeEvent event : kWrites) hooks_[{expression.relation, event}].push_back(hook);
        continue;
      }
      hooks_[{expression.relation, CodeEvent::insert}].push_back(hook);
      hooks_[{expression.relation, CodeEvent::update}].push_back(hook);
    }
    std::set<Oid> with_triggers;
    for (const TriggerSource& trigger : from_.triggers_) with_triggers.insert(trigger.relation);
    catalog_.for_each_relation([&](const Relation& relation) {
      if (relation.has_user_triggers && !with_triggers.contains(relation.oid)) add_unknown("triggers on ", relation);
      if (relation.has_user_rules) add_unknown("rules on ", relation);
      for (const ForeignKey& key : relation.foreign_keys) {
        if (key.on_delete == 'c') cascades_[{key.referenced, CodeEvent::delete_}].emplace_back(relation.oid, CodeEvent::delete_);
        if (key.on_delete == 'n' || key.on_delete == 'd') cascades_[{key.referenced, CodeEvent::delete_}].emplace_back(relation.oid, CodeEvent::update);
        if (key.on_update == 'c' || key.on_update == 'n' || key.on_update == 'd') {
          cascades_[{key.referenced, CodeEvent::update}].emplace_back(relation.oid, CodeEvent::update);
        }
      }
      for (const Column& column : relation.columns) {
        if (relation.system) break;
        for (const Oid oid : code_of_type(column.type_name)) {
          const auto routine = to_.by_oid_.find(oid);
          const Hook hook{to_.routines_[routine->second].full_name(), {routine->second}, {}, true};
          hooks_[{relation.oid, CodeEvent::insert}].push_back(hook);
          hooks_[{relation.oid, CodeEvent::update}].push_back(hook);
        }
      }
    });
  }

  void add_unknown(std::string what, const Relation& relation) {
    what += relation.schema + "." + relation.name;
    Hook hook{what, {}, {}, false};
    hook.effect.unknown = {what};
    for (const CodeEvent event : kWrites) hooks_[{relation.oid, event}].push_back(hook);
  }

  /// `type_name` as format_type() writes it.
  std::vector<Oid> code_of_type(std::string_view type_name) const {
    if (to_.types_.empty()) return {};
    std::string name(type_name.substr(0, type_name.find_first_of("([")));
    name = name.substr(name.rfind('.') == std::string::npos ? 0 : name.rfind('.') + 1);
    name.erase(std::remove(name.begin(), name.end(), '"'), name.end());
    std::vector<Oid> found;
    const auto [first, last] = to_.types_.equal_range(name);
    for (auto each = first; each != last; ++each) found.push_back(each->second);
    return found;
  }

  /// All hooks that an event sets off: on the relation, on those whose rows it shows, and where keys cascade to.
  std::vector<Hook> hooks_of(const Event& event) const {
    std::vector<Hook> found;
    std::set<Event> seen;
    std::vector<Event> pending{event};
    while (!pending.empty()) {
      const Event each = pending.back();
      pending.pop_back();
      if (!seen.insert(each).second || seen.size() > kMaxReach) continue;
      if (const auto own = hooks_.find(each); own != hooks_.end()) found.insert(found.end(), own->second.begin(), own->second.end());
      if (const auto cascades = cascades_.find(each); cascades != cascades_.end()) {
        pending.insert(pending.end(), cascades->second.begin(), cascades->second.end());
      }
      for (const Oid child : catalog_.children(each.first)) pending.emplace_back(child, each.second);
    }
    return found;
  }

  void make_roots() {
    std::set<Event> events;
    for (const auto& [event, hooks] : hooks_) {
      events.insert(event);
      add_ancestors(event, events, 0);
    }
    // Whatever leads to an event by a cascade leads to its hooks.
    bool grown = true;
    while (grown) {
      grown = false;
      for (const auto& [event, targets] : cascades_) {
        if (events.contains(event)) continue;
        if (std::none_of(targets.begin(), targets.end(), [&](const Event& target) { return events.contains(target); })) continue;
        events.insert(event);
        add_ancestors(event, events, 0);
        grown = true;
      }
    }
    for (const Event& event : events) {
      std::map<std::string, CodeEffect> by_name;
      for (const Hook& hook : hooks_of(event)) {
        const Closure closure = this->closure(hook.routines, {});
        CodeEffect& effect = by_name[hook.name];
        effect.add(hook.effect);
        effect.add(closure.effect);
        if (hook.row_if_raised && closure.raises) effect.add(whole_row(event.first));
      }
      for (auto& [name, effect] : by_name) {
        if (!effect.empty()) to_.events_[event].push_back({name, std::move(effect)});
      }
    }
  }

  void add_ancestors(const Event& event, std::set<Event>& events, int depth) const {
    const Relation* relation = catalog_.relation(event.first);
    if (relation == nullptr || depth > kDeepestInheritance) return;
    for (const Oid parent : relation->parents) {
      events.insert({parent, event.second});
      add_ancestors({parent, event.second}, events, depth + 1);
    }
  }

  CodeEffect whole_row(Oid oid) const {
    CodeEffect effect;
    const Relation* relation = catalog_.relation(oid);
    for (const Column& column : relation->columns) effect.reads.push_back({oid, column.attribute});
    return effect;
  }

  /// Operators and types need to be known by their code only where it does something.
  void forget_harmless(const std::vector<std::pair<std::string, Oid>>& all, std::unordered_multimap<std::string, Oid>& kept) const {
    kept.clear();
    for (const auto& [name, oid] : all) {
      const auto routine = to_.by_oid_.find(oid);
      if (!closures_[routine->second].effect.empty()) kept.emplace(name, oid);
    }
  }

  CodeCollector& from_;
  const Catalog& catalog_;
  StoredCode& to_;
  std::vector<ReadCode> read_;       // by routine
  std::vector<Closure> closures_;
  std::map<Event, std::vector<Hook>> hooks_;
  std::map<Event, std::vector<Event>> cascades_;
};

void CodeCollector::classify(const Catalog& catalog, StoredCode& code) && { CodeClassifier(*this, catalog, code).classify(); }

}  // namespace sluice::sql
