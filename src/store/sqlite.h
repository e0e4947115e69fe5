#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sluice::store {

/// One SQL statement of the store, prepared. Errors of bind() show in step(). Texts are copied.
class Query {
 public:
  Query(Query&& other) noexcept;
  Query& operator=(Query&&) = delete;
  ~Query();

  Query& bind(std::string_view text);
  Query& bind(const char* text) { return bind(std::string_view(text)); }
  Query& bind(std::int64_t number);
  Query& bind(std::uint64_t number) { return bind(static_cast<std::int64_t>(number)); }
  Query& bind(int number) { return bind(static_cast<std::int64_t>(number)); }
  Query& bind(bool value) { return bind(static_cast<std::int64_t>(value)); }
  Query& bind_blob(std::string_view bytes);
  Query& bind_null();

  /// True: a row can be read. False: no more rows.
  [[nodiscard]] Result<bool> step();
  /// Runs a statement that gives no rows.
  [[nodiscard]] Status run();
  /// Ready for new values and another run.
  void reset();

  [[nodiscard]] std::string text(int column) const;  ///< columns count from 0; also for blobs
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] std::uint64_t unsigned_number(int column) const { return static_cast<std::uint64_t>(number(column)); }
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  Query(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  sqlite3* database_;
  sqlite3_stmt* statement_;
  int next_ = 1;
  bool failed_ = false;
};

enum class OpenMode { read_write, read_only };

/// One connection to a SQLite file. Not thread-safe: one thread at a time. Every failure is
/// store_unavailable, in SQLite's words, which hold no values.
class Database {
 public:
  /// Creates the file, readable by its owner only, if it is to be written. Waits up to 5 s for locks.
  [[nodiscard]] static Result<Database> open(const std::string& path, OpenMode mode);
  Database(Database&& other) noexcept;
  Database& operator=(Database&&) = delete;
  ~Database();

  [[nodiscard]] Result<Query> prepare(std::string_view sql) const;
  /// Runs one or more statements that have no parameters and give no rows.
  [[nodiscard]] Status execute(const std::string& sql) const;
  /// Rows that the last INSERT, UPDATE or DELETE changed.
  [[nodiscard]] std::int64_t changes() const;

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_;
};

/// Begins at once as a writer; rolls back unless commit() succeeded.
class Transaction {
 public:
  [[nodiscard]] static Result<Transaction> begin(const Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  [[nodiscard]] Status commit();

 private:
  explicit Transaction(const Database& database) : database_(&database) {}
  const Database* database_;
};

}  // namespace sluice::store
