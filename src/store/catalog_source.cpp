#include "store/catalog_source.h"

#include <libpq-fe.h>

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/catalog_queries.h"

namespace sluice::store {
namespace {

// libpq 15 has no word for "the system's certificates".
constexpr const char* kSystemCertificates = "/etc/ssl/certs/ca-certificates.crt";

constexpr const char* kCounters = R"(
SELECT pg_catalog.concat_ws(' ', pg_catalog.sum(n_tup_ins), pg_catalog.sum(n_tup_upd), pg_catalog.sum(n_tup_del),
                            pg_catalog.pg_postmaster_start_time())
FROM pg_catalog.pg_stat_all_tables
WHERE schemaname = 'pg_catalog'
  AND relname IN ('pg_aggregate', 'pg_attrdef', 'pg_attribute', 'pg_cast', 'pg_class', 'pg_constraint', 'pg_index', 'pg_inherits',
                  'pg_namespace', 'pg_operator', 'pg_policy', 'pg_proc', 'pg_rewrite', 'pg_trigger', 'pg_type'))";

// Which transaction wrote each row that a catalog is made of. ANALYZE and VACUUM change pg_class in place and do
// not show. What belongs to temporary tables is left out.
constexpr const char* kFingerprint = R"(
WITH namespaces AS (SELECT n.oid, n.xmin FROM pg_catalog.pg_namespace AS n WHERE n.nspname !~ '^pg_(temp|toast)'),
     relations AS (SELECT c.oid, c.xmin FROM pg_catalog.pg_class AS c JOIN namespaces AS n ON n.oid = c.relnamespace),
     rows (catalog, row) AS (
  SELECT 'namespace', pg_catalog.concat_ws(' ', oid, xmin) FROM namespaces
  UNION ALL SELECT 'class', pg_catalog.concat_ws(' ', oid, xmin) FROM relations
  UNION ALL SELECT 'attribute', pg_catalog.concat_ws(' ', a.attrelid, a.attnum, a.xmin)
            FROM pg_catalog.pg_attribute AS a JOIN relations AS r ON r.oid = a.attrelid
  UNION ALL SELECT 'attrdef', pg_catalog.concat_ws(' ', d.oid, d.xmin)
            FROM pg_catalog.pg_attrdef AS d JOIN relations AS r ON r.oid = d.adrelid
  UNION ALL SELECT 'index', pg_catalog.concat_ws(' ', i.indexrelid, i.xmin)
            FROM pg_catalog.pg_index AS i JOIN relations AS r ON r.oid = i.indrelid
  UNION ALL SELECT 'inherits', pg_catalog.concat_ws(' ', i.inhrelid, i.inhparent, i.xmin)
            FROM pg_catalog.pg_inherits AS i JOIN relations AS r ON r.oid = i.inhrelid
  UNION ALL SELECT 'rewrite', pg_catalog.concat_ws(' ', w.oid, w.xmin)
            FROM pg_catalog.pg_rewrite AS w JOIN relations AS r ON r.oid = w.ev_class
  UNION ALL SELECT 'trigger', pg_catalog.concat_ws(' ', t.oid, t.xmin)
            FROM pg_catalog.pg_trigger AS t JOIN relations AS r ON r.oid = t.tgrelid
  UNION ALL SELECT 'type', pg_catalog.concat_ws(' ', t.oid, t.xmin)
            FROM pg_catalog.pg_type AS t JOIN namespaces AS n ON n.oid = t.typnamespace
  UNION ALL SELECT 'proc', pg_catalog.concat_ws(' ', p.oid, p.xmin) FROM pg_catalog.pg_proc AS p
  UNION ALL SELECT 'constraint', pg_catalog.concat_ws(' ', c.oid, c.xmin)
            FROM pg_catalog.pg_constraint AS c JOIN namespaces AS n ON n.oid = c.connamespace
  UNION ALL SELECT 'policy', pg_catalog.concat_ws(' ', p.oid, p.xmin) FROM pg_catalog.pg_policy AS p
  UNION ALL SELECT 'cast', pg_catalog.concat_ws(' ', c.oid, c.xmin) FROM pg_catalog.pg_cast AS c WHERE c.oid >= 16384
  UNION ALL SELECT 'operator', pg_catalog.concat_ws(' ', o.oid, o.xmin) FROM pg_catalog.pg_operator AS o
  UNION ALL SELECT 'amproc', pg_catalog.concat_ws(' ', a.oid, a.xmin) FROM pg_catalog.pg_amproc AS a WHERE a.oid >= 16384
  UNION ALL SELECT 'event trigger', pg_catalog.concat_ws(' ', e.oid, e.xmin) FROM pg_catalog.pg_event_trigger AS e
  UNION ALL SELECT 'role', pg_catalog.concat_ws(' ', r.rolsuper, r.rolbypassrls) FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user
  UNION ALL SELECT 'member', pg_catalog.concat_ws(' ', m.roleid, m.member, m.xmin) FROM pg_catalog.pg_auth_members AS m)
SELECT pg_catalog.concat_ws(' ',
         (SELECT c.system_identifier FROM pg_catalog.pg_control_system() AS c),
         (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()),
         pg_catalog.count(*),
         pg_catalog.sum(pg_catalog.hashtextextended(pg_catalog.concat_ws(' ', catalog, row), 0)))
FROM rows)";

// Of the same kind as sessions get, so that both see the same. Our transactions are read-only by themselves, which libpq would
// take for the server's own doing.
const char* target_word(config::TargetSession target) {
  switch (target) {
    case config::TargetSession::any: return "any";
    case config::TargetSession::read_write:
    case config::TargetSession::primary: return "primary";
    case config::TargetSession::standby: return "standby";
    case config::TargetSession::read_only:
    case config::TargetSession::prefer_standby: return "prefer-standby";
  }
  return "any";
}

const char* binding_word(config::ChannelBinding binding) {
  switch (binding) {
    case config::ChannelBinding::disable: return "disable";
    case config::ChannelBinding::prefer: return "prefer";
    case config::ChannelBinding::require: return "require";
  }
  return "prefer";
}

const char* tls_mode(config::UpstreamTls tls) {
  switch (tls) {
    case config::UpstreamTls::disable: return "disable";
    case config::UpstreamTls::require: return "require";
    case config::UpstreamTls::verify_full: return "verify-full";
  }
  return "verify-full";
}

}  // namespace

void CatalogSource::ResultDeleter::operator()(pg_result* result) const { PQclear(result); }

CatalogSource::CatalogSource(config::Upstream upstream) : upstream_(std::move(upstream)) {}
CatalogSource::~CatalogSource() { disconnect(); }

void CatalogSource::disconnect() {
  PQfinish(connection_);
  connection_ = nullptr;
}

Error CatalogSource::fail(const std::string& what) {
  last_failure_ = what;
  if (connection_ != nullptr) last_failure_ += std::string(": ") + PQerrorMessage(connection_);
  while (!last_failure_.empty() && last_failure_.back() == '\n') last_failure_.pop_back();
  disconnect();
  return make_error(ErrorKind::upstream_unavailable, "could not read the catalog of the upstream database");
}

Status CatalogSource::connect() {
  if (connection_ != nullptr) return Done{};
  std::string hosts;
  std::string ports;
  for (const config::UpstreamHost& host : upstream_.hosts) {
    hosts += (hosts.empty() ? "" : ",") + host.host;
    ports += (ports.empty() ? "" : ",") + std::to_string(host.port);
  }
  const std::string timeout = std::to_string(upstream_.connect_timeout.count());
  const std::string password(upstream_.password.reveal());
  const std::string ca_file = !upstream_.ca_file.empty() ? upstream_.ca_file : kSystemCertificates;
  const bool verify = upstream_.tls == config::UpstreamTls::verify_full;
  const std::vector<std::pair<const char*, const char*>> settings{
      {"host", hosts.c_str()},
      {"port", ports.c_str()},
      {"target_session_attrs", target_word(upstream_.target)},
      {"dbname", upstream_.database.c_str()},
      {"user", upstream_.user.c_str()},
      {"password", password.c_str()},
      {"passfile", "/nonexistent"},
      {"sslmode", tls_mode(upstream_.tls)},
      {"sslrootcert", verify ? ca_file.c_str() : "/nonexistent"},
      {"sslcert", upstream_.certificate.empty() ? "/nonexistent" : upstream_.certificate.c_str()},
      {"sslkey", upstream_.key.empty() ? "/nonexistent" : upstream_.key.c_str()},
      {"channel_binding", binding_word(upstream_.channel_binding)},
      {"gssencmode", "disable"},
      {"connect_timeout", timeout.c_str()},
      {"tcp_user_timeout", "15000"},
      {"client_encoding", "UTF8"},
      {"application_name", "sluice-catalog"},
      {"options", "-c search_path= -c statement_timeout=60000 -c default_transaction_read_only=on"},
  };
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : settings) {
    names.push_back(name);
    values.push_back(value);
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  connection_ = PQconnectdbParams(names.data(), values.data(), 0);
  if (PQstatus(connection_) != CONNECTION_OK) return fail("could not connect to the upstream");
  counters_.clear();
  return Done{};
}

Result<CatalogSource::Rows> CatalogSource::query(const char* sql) {
  Rows rows(PQexec(connection_, sql));
  const ExecStatusType status = PQresultStatus(rows.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return fail("could not read the catalog");
  return rows;
}

Result<std::string> CatalogSource::read_text(const char* sql) {
  SLUICE_TRY(rows, query(sql));
  if (PQntuples(rows.get()) != 1) return fail("the upstream did not answer with one row");
  return std::string(PQgetvalue(rows.get(), 0, 0));
}

Result<std::vector<std::vector<std::string>>> CatalogSource::ask(const std::string& sql) {
  SLUICE_CHECK(connect());
  SLUICE_TRY(answer, query(sql.c_str()));
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < PQntuples(answer.get()); ++i) {
    std::vector<std::string>& row = rows.emplace_back();
    for (int j = 0; j < PQnfields(answer.get()); ++j) row.emplace_back(PQgetvalue(answer.get(), i, j));
  }
  return rows;
}

Result<bool> CatalogSource::may_have_changed() {
  SLUICE_CHECK(connect());
  SLUICE_TRY(counters, read_text(kCounters));
  const bool changed = counters != counters_;
  counters_ = std::move(counters);
  return changed;
}

Result<CatalogSource::Reading> CatalogSource::read(const std::string& known, const VersionOf& version_of) {
  if (connection_ != nullptr && PQstatus(connection_) != CONNECTION_OK) disconnect();
  const bool kept = connection_ != nullptr;
  SLUICE_CHECK(connect());
  auto reading = read_in_transaction(known, version_of);
  if (!reading.ok() && kept && connection_ == nullptr) {
    // A connection that was kept may have died meanwhile: that is no news about the upstream.
    SLUICE_CHECK(connect());
    reading = read_in_transaction(known, version_of);
  }
  if (!reading.ok()) disconnect();
  return reading;
}

Result<CatalogSource::Reading> CatalogSource::read_in_transaction(const std::string& known, const VersionOf& version_of) {
  const std::string begin(sql::catalog_transaction());
  SLUICE_TRY(begun, query(begin.c_str()));
  Reading reading;
  SLUICE_TRY(fingerprint, read_text(kFingerprint));
  reading.fingerprint = std::move(fingerprint);
  if (reading.fingerprint != known) {
    SLUICE_TRY(version, version_of(reading.fingerprint));
    SLUICE_TRY(catalog, load(version));
    reading.catalog = std::move(catalog);
  }
  SLUICE_TRY(committed, query("COMMIT"));
  return reading;
}

Result<std::shared_ptr<const sql::Catalog>> CatalogSource::load(std::uint64_t version) {
  sql::CatalogDecoder decoder(version);
  std::vector<std::optional<std::string_view>> row;
  for (const sql::CatalogQuery& catalog_query : sql::catalog_queries()) {
    const std::string text(catalog_query.sql);
    SLUICE_TRY(rows, query(text.c_str()));
    const int columns = PQnfields(rows.get());
    for (int i = 0; i < PQntuples(rows.get()); ++i) {
      row.clear();
      for (int j = 0; j < columns; ++j) {
        if (PQgetisnull(rows.get(), i, j) != 0) {
          row.emplace_back(std::nullopt);
        } else {
          row.emplace_back(std::string_view(PQgetvalue(rows.get(), i, j), static_cast<std::size_t>(PQgetlength(rows.get(), i, j))));
        }
      }
      SLUICE_CHECK(decoder.add_row(catalog_query.part, row));
    }
  }
  return std::move(decoder).finish();
}

}  // namespace sluice::store
