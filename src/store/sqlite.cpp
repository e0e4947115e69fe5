#include "store/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <utility>

namespace sluice::store {
namespace {

Error failure(sqlite3* database) {
  return make_error(ErrorKind::store_unavailable,
                    std::string("store cannot be used: ") + (database != nullptr ? sqlite3_errmsg(database) : "out of memory"));
}

}  // namespace

Query::Query(Query&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)), next_(other.next_), failed_(other.failed_) {}

Query::~Query() { sqlite3_finalize(statement_); }

Query& Query::bind(std::string_view text) {
  const char* data = text.data() != nullptr ? text.data() : "";
  failed_ |= sqlite3_bind_text64(statement_, next_++, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8) != SQLITE_OK;
  return *this;
}

Query& Query::bind(std::int64_t number) {
  failed_ |= sqlite3_bind_int64(statement_, next_++, number) != SQLITE_OK;
  return *this;
}

Query& Query::bind_blob(std::string_view bytes) {
  const char* data = bytes.data() != nullptr ? bytes.data() : "";
  failed_ |= sqlite3_bind_blob64(statement_, next_++, data, bytes.size(), SQLITE_TRANSIENT) != SQLITE_OK;
  return *this;
}

Query& Query::bind_null() {
  failed_ |= sqlite3_bind_null(statement_, next_++) != SQLITE_OK;
  return *this;
}

Result<bool> Query::step() {
  if (failed_) return failure(database_);
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return failure(database_);
}

Status Query::run() {
  SLUICE_TRY(row, step());
  static_cast<void>(row);
  return Done{};
}

void Query::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  next_ = 1;
  failed_ = false;
}

std::string Query::text(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

std::int64_t Query::number(int column) const { return sqlite3_column_int64(statement_, column); }
bool Query::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

Result<Database> Database::open(const std::string& path, OpenMode mode) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (mode == OpenMode::read_only) {
    flags |= SQLITE_OPEN_READONLY;
  } else {
    flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    // SQLite gives its side files the mode of the main file, so this one open() settles all of them.
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return make_error(ErrorKind::store_unavailable, "could not open store file \"" + path + "\"");
    ::close(file);
  }
  sqlite3* handle = nullptr;
  if (sqlite3_open_v2(path.c_str(), &handle, flags, nullptr) != SQLITE_OK) {
    Error error = failure(handle);
    sqlite3_close_v2(handle);
    return error;
  }
  Database database(handle);
  sqlite3_busy_timeout(handle, 5000);
  SLUICE_CHECK(database.execute("PRAGMA foreign_keys = ON"));
  if (mode == OpenMode::read_write) {
    SLUICE_CHECK(database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF"));
  }
  return database;
}

Database::Database(Database&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
Database::~Database() { sqlite3_close_v2(handle_); }

Result<Query> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK) return failure(handle_);
  return Query(handle_, statement);
}

Status Database::execute(const std::string& sql) const {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return failure(handle_);
  return Done{};
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }

Result<Transaction> Transaction::begin(const Database& database) {
  SLUICE_CHECK(database.execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  if (database_ != nullptr) static_cast<void>(database_->execute("ROLLBACK"));
}

Status Transaction::commit() {
  SLUICE_CHECK(database_->execute("COMMIT"));
  database_ = nullptr;
  return Done{};
}

}  // namespace sluice::store
