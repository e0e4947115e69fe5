#include "audit/journal_record.h"

#include <cstring>
#include <type_traits>


namespace sluice::audit {
namespace {

enum class Kind : std::uint8_t { session_opened = 1, session_closed, login_failed, described, admitted, completed, refused };

template <class T>
void put(std::string& out, T value) {
  static_assert(std::is_trivially_copyable_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}
void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}
void put_header(std::string& out, Kind kind, Timestamp at) {
  out.clear();
  put(out, kind);
  put(out, at.time_since_epoch().count());
}
void put_identity(std::string& out, const auth::Identity& identity) {
  put_text(out, identity.id.text);
  put(out, identity.kind == auth::IdentityKind::person);
  put(out, static_cast<std::uint32_t>(identity.groups.size()));
  for (const GroupId& group : identity.groups) put_text(out, group.text);
  put_text(out, identity.owner.text);
  put_text(out, identity.acts_for.text);
}

template <class List, class Put>
void put_list(std::string& out, const List& list, Put put_item) {
  put(out, static_cast<std::uint32_t>(list.size()));
  for (const auto& item : list) put_item(item);
}
void put_facts(std::string& out, const StatementFacts& facts) {
  put_identity(out, facts.identity);
  put_text(out, facts.database.text);
  put(out, static_cast<std::uint8_t>(facts.kind));
  put_list(out, facts.actions, [&](sql::Action action) { put(out, static_cast<std::uint8_t>(action)); });
  put(out, static_cast<std::uint8_t>(facts.verdict));
  put_list(out, facts.reasons, [&](const RuleId& rule) { put_text(out, rule.text); });
  put(out, facts.text_digest);
  put_list(out, facts.columns, [&](const ColumnUsage& column) {
    put_text(out, column.table);
    put_text(out, column.column);
    put_list(out, column.tags, [&](const std::string& tag) { put_text(out, tag); });
    put(out, column.masked);
    put(out, static_cast<std::uint8_t>(column.use));
  });
  put_list(out, facts.tables, [&](const std::string& table) { put_text(out, table); });
  put(out, facts.output_columns);
  put(out, facts.versions.catalog);
  put(out, facts.versions.policy);
}

/// Reads what put() wrote; after one failed read all later ones fail too.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  template <class T>
  T number() {
    T value{};
    if (const std::string_view cut = bytes(sizeof value); cut.size() == sizeof value) std::memcpy(&value, cut.data(), sizeof value);
    return value;
  }
  std::string text() { return std::string(bytes(number<std::uint32_t>())); }
  std::string_view bytes(std::size_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view cut = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return cut;
  }
  template <class List, class Read>
  void list(List& into, Read read_item) {
    for (auto left = number<std::uint32_t>(); left > 0 && ok_; --left) into.push_back(read_item());
  }
  /// A value of a closed enum whose last one is `last`.
  template <class Enum>
  Enum choice(Enum last) {
    const auto value = number<std::uint8_t>();
    if (value > static_cast<std::uint8_t>(last)) ok_ = false;
    return static_cast<Enum>(ok_ ? value : 0);
  }
  bool finished() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

auth::Identity read_identity(Reader& from) {
  auth::Identity identity;
  identity.id.text = from.text();
  identity.kind = from.number<std::uint8_t>() != 0 ? auth::IdentityKind::person : auth::IdentityKind::agent;
  from.list(identity.groups, [&] { return GroupId{from.text()}; });
  identity.owner.text = from.text();
  identity.acts_for.text = from.text();
  return identity;
}

ColumnUsage read_column(Reader& from) {
  ColumnUsage column;
  column.table = from.text();
  column.column = from.text();
  from.list(column.tags, [&] { return from.text(); });
  column.masked = from.number<std::uint8_t>() != 0;
  column.use = from.choice(sql::Use::stored_code);
  return column;
}

StatementFacts read_facts(Reader& from) {
  StatementFacts facts;
  facts.identity = read_identity(from);
  facts.database.text = from.text();
  facts.kind = from.choice(sql::kLastStatementKind);
  from.list(facts.actions, [&] { return from.choice(sql::kLastAction); });
  facts.verdict = from.choice(policy::Verdict::deny);
  from.list(facts.reasons, [&] { return RuleId{from.text()}; });
  facts.text_digest = from.number<Digest>();
  from.list(facts.columns, [&] { return read_column(from); });
  from.list(facts.tables, [&] { return from.text(); });
  facts.output_columns = from.number<std::uint32_t>();
  facts.versions.catalog = from.number<std::uint64_t>();
  facts.versions.policy = from.number<std::uint64_t>();
  return facts;
}

struct EventBytes {
  std::string& out;
  Timestamp at;

  void operator()(const SessionOpened& event) {
    put_header(out, Kind::session_opened, at);
    put(out, event.session);
    put_identity(out, event.identity);
    put_text(out, event.database.text);
    put_text(out, event.peer);
    put(out, event.upstream_process_id);
  }
  void operator()(const SessionClosed& event) {
    put_header(out, Kind::session_closed, at);
    put(out, event.session);
  }
  void operator()(const LoginFailed& event) {
    put_header(out, Kind::login_failed, at);
    put_text(out, event.claimed_identity);
    put_text(out, event.peer);
    put_text(out, event.why);
  }
  void operator()(const StatementDescribed& event) { encode_described(out, at, event.facts); }
  void operator()(const StatementAdmitted& event) {
    encode_admitted(out, at, event.session, event.statement, event.described, event.request.text);
  }
  void operator()(const StatementCompleted& event) {
    encode_completed(out, at, event.session, event.statement, event.described, event.outcome, event.rows, event.bytes, event.sqlstate);
  }
  void operator()(const StatementRefused& event) {
    put_header(out, Kind::refused, at);
    put(out, event.session);
    put(out, event.described);
    put_text(out, event.identity.text);
    put_text(out, event.acts_for.text);
    put_text(out, event.database.text);
    put_text(out, event.why);
    put(out, event.text);
  }
  template <class Other>
  void operator()(const Other&) {
    std::abort();  // no worker writes these
  }
};

Result<Event> read_event(Reader& from, Kind kind) {
  switch (kind) {
    case Kind::session_opened: {
      SessionOpened event;
      event.session = from.number<std::uint64_t>();
      event.identity = read_identity(from);
      event.database.text = from.text();
      event.peer = from.text();
      event.upstream_process_id = from.number<std::uint32_t>();
      return Event(std::move(event));
    }
    case Kind::session_closed: return Event(SessionClosed{from.number<std::uint64_t>()});
    case Kind::login_failed: {
      LoginFailed event;
      event.claimed_identity = from.text();
      event.peer = from.text();
      event.why = from.text();
      return Event(std::move(event));
    }
    case Kind::described: return Event(StatementDescribed{read_facts(from)});
    case Kind::admitted: {
      StatementAdmitted event;
      event.session = from.number<std::uint64_t>();
      event.statement = from.number<std::uint64_t>();
      event.described = from.number<std::uint64_t>();
      event.request.text = from.text();
      return Event(std::move(event));
    }
    case Kind::completed: {
      StatementCompleted event;
      event.session = from.number<std::uint64_t>();
      event.statement = from.number<std::uint64_t>();
      event.described = from.number<std::uint64_t>();
      event.rows = from.number<std::uint64_t>();
      event.bytes = from.number<std::uint64_t>();
      event.outcome = from.choice(Outcome::canceled);
      event.sqlstate = from.text();
      return Event(std::move(event));
    }
    case Kind::refused: {
      StatementRefused event;
      event.session = from.number<std::uint64_t>();
      event.described = from.number<std::uint64_t>();
      event.identity.text = from.text();
      event.acts_for.text = from.text();
      event.database.text = from.text();
      event.why = from.text();
      event.text = from.number<Digest>();
      return Event(std::move(event));
    }
  }
  return make_error(ErrorKind::audit_unavailable, "journal record is of no known kind");
}

}  // namespace

void encode_journal_record(std::string& out, Timestamp at, const Event& event) { std::visit(EventBytes{out, at}, event); }

void encode_admitted(std::string& out, Timestamp at, std::uint64_t session, std::uint64_t statement, std::uint64_t described,
                     std::string_view request) {
  put_header(out, Kind::admitted, at);
  put(out, session);
  put(out, statement);
  put(out, described);
  put_text(out, request);
}

void encode_completed(std::string& out, Timestamp at, std::uint64_t session, std::uint64_t statement, std::uint64_t described,
                      Outcome outcome, std::uint64_t rows, std::uint64_t bytes, std::string_view sqlstate) {
  put_header(out, Kind::completed, at);
  put(out, session);
  put(out, statement);
  put(out, described);
  put(out, rows);
  put(out, bytes);
  put(out, outcome);
  put_text(out, sqlstate.substr(0, 5));
}

void encode_described(std::string& out, Timestamp at, const StatementFacts& facts) {
  put_header(out, Kind::described, at);
  put_facts(out, facts);
}

Result<Record> decode_journal_record(std::string_view bytes) {
  Reader from(bytes);
  Record record;
  const auto kind = from.number<Kind>();
  record.at = Timestamp(std::chrono::microseconds(from.number<std::int64_t>()));
  SLUICE_TRY(event, read_event(from, kind));
  record.event = std::move(event);
  if (!from.finished()) return make_error(ErrorKind::audit_unavailable, "journal record is cut off or too long");
  return record;
}

}  // namespace sluice::audit
