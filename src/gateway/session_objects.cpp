#include "gateway/session_objects.h"

#include <algorithm>
#include <utility>

namespace sluice::gateway {

namespace {
template <class Map>
typename Map::mapped_type find_in(const Map& map, std::string_view name) {
  const auto found = map.find(name);
  return found == map.end() ? nullptr : found->second;
}

template <class Map>
void erase_from(Map& map, std::string_view name) {
  if (const auto found = map.find(name); found != map.end()) map.erase(found);
}

std::size_t pending(const Ledger& ledger, ReplyContext::Change change) {
  return static_cast<std::size_t>(std::count_if(ledger.entries().begin(), ledger.entries().end(), [change](const Ledger::Entry& entry) {
    return entry.context.change == change && !entry.context.name.empty();
  }));
}
}  // namespace

std::shared_ptr<const PreparedStatement> SessionObjects::statement(std::string_view name, const Ledger& ledger) const {
  if (ledger.statement_changes() == 0) return find_in(statements_, name);
  const auto& entries = ledger.entries();
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const ReplyContext& context = entry->context;
    if (context.name != name) continue;
    if (context.change == ReplyContext::Change::define_statement) return context.statement;
    if (context.change == ReplyContext::Change::drop_statement) return nullptr;
  }
  return find_in(statements_, name);
}

std::shared_ptr<const Portal> SessionObjects::portal(std::string_view name, const Ledger& ledger) const {
  const auto& entries = ledger.entries();
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const ReplyContext& context = entry->context;
    if (context.name != name) continue;
    if (context.change == ReplyContext::Change::define_portal) return context.portal;
    if (context.change == ReplyContext::Change::drop_portal) return nullptr;
  }
  return find_in(portals_, name);
}

void SessionObjects::confirm(const ReplyContext& context) {
  switch (context.change) {
    case ReplyContext::Change::none: return;
    case ReplyContext::Change::define_statement: return define_statement(context.name, context.statement);
    case ReplyContext::Change::drop_statement: return drop_statement(context.name);
    case ReplyContext::Change::define_portal: return define_portal(context.name, context.portal);
    case ReplyContext::Change::drop_portal: return drop_portal(context.name);
  }
}

void SessionObjects::define_statement(std::string name, std::shared_ptr<const PreparedStatement> statement) {
  std::shared_ptr<const PreparedStatement>& place = statements_[std::move(name)];
  if (place) statement_bytes_ -= statement_bytes(place->source.size());
  place = std::move(statement);
  statement_bytes_ += statement_bytes(place->source.size());
}
void SessionObjects::drop_statement(std::string_view name) {
  const auto found = statements_.find(name);
  if (found == statements_.end()) return;
  statement_bytes_ -= statement_bytes(found->second->source.size());
  statements_.erase(found);
}
void SessionObjects::drop_named_statements() {
  const auto unnamed = find_in(statements_, {});
  statements_.clear();
  statement_bytes_ = 0;
  if (unnamed) define_statement({}, unnamed);
}
void SessionObjects::define_portal(std::string name, std::shared_ptr<const Portal> portal) {
  portals_.insert_or_assign(std::move(name), std::move(portal));
}
void SessionObjects::drop_portal(std::string_view name) { erase_from(portals_, name); }

std::size_t SessionObjects::statement_bytes(const Ledger& ledger) const {
  std::size_t bytes = statement_bytes_;
  for (const Ledger::Entry& entry : ledger.entries()) {
    if (entry.context.change == ReplyContext::Change::define_statement) bytes += statement_bytes(entry.context.statement->source.size());
  }
  return bytes;
}

std::size_t SessionObjects::statement_count(const Ledger& ledger, std::size_t enough) const {
  if (statements_.size() + ledger.size() < enough) return statements_.size();
  return statements_.size() + pending(ledger, ReplyContext::Change::define_statement);
}

std::size_t SessionObjects::portal_count(const Ledger& ledger, std::size_t enough) const {
  if (portals_.size() + ledger.size() < enough) return portals_.size();
  return portals_.size() + pending(ledger, ReplyContext::Change::define_portal);
}

void SessionObjects::transaction_ended() {
  std::erase_if(portals_, [](const auto& entry) { return !entry.second->with_hold; });
}

}  // namespace sluice::gateway
