#include "gateway/session_objects.h"

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
  statements_.insert_or_assign(std::move(name), std::move(statement));
}
void SessionObjects::drop_statement(std::string_view name) { erase_from(statements_, name); }
void SessionObjects::drop_named_statements() {
  std::erase_if(statements_, [](const auto& entry) { return !entry.first.empty(); });
}
void SessionObjects::define_portal(std::string name, std::shared_ptr<const Portal> portal) {
  portals_.insert_or_assign(std::move(name), std::move(portal));
}
void SessionObjects::drop_portal(std::string_view name) { erase_from(portals_, name); }

void SessionObjects::transaction_ended() {
  std::erase_if(portals_, [](const auto& entry) { return !entry.second->with_hold; });
}

}  // namespace sluice::gateway
