// pgjdbc: prints what it sees, scenario by scenario.
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.sql.*;
import java.util.*;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.PGProperty;
import org.postgresql.PGStatement;
import org.postgresql.copy.CopyManager;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

public class UseJdbc {
  interface Scenario { void play(Connection connection) throws Exception; }

  interface Action { Object run() throws Exception; }

  static final Map<String, Scenario> scenarios = new LinkedHashMap<>();

  static Connection connect(String... options) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", System.getenv("PGUSER"));
    properties.setProperty("password", System.getenv("PGPASSWORD"));
    for (int i = 0; i + 1 < options.length; i += 2) properties.setProperty(options[i], options[i + 1]);
    return DriverManager.getConnection("jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE"), properties);
  }

  static void show(Object... values) {
    StringJoiner line = new StringJoiner(" ");
    for (Object value : values) line.add(text(value));
    System.out.println(line);
  }

  static String text(Object value) {
    if (value instanceof byte[] bytes) return HexFormat.of().formatHex(bytes);
    if (value instanceof int[] numbers) return Arrays.toString(numbers);
    if (value instanceof long[] numbers) return Arrays.toString(numbers);
    if (value instanceof Object[] parts) return Arrays.deepToString(parts);
    return String.valueOf(value);
  }

  static Object attempt(Action action) {
    try {
      return action.run();
    } catch (BatchUpdateException failure) {
      return "batch " + Arrays.toString(failure.getUpdateCounts()) + " " + failure.getSQLState() + " " + failure.getMessage();
    } catch (SQLException failure) {
      ServerErrorMessage server = failure instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
      return failure.getClass().getSimpleName() + " " + failure.getSQLState() + " " + failure.getMessage()
          + (server == null ? "" : " [" + server.getPosition() + " " + server.getTable() + " " + server.getConstraint() + " " + server.getDetail() + "]");
    } catch (Exception failure) {
      return failure.toString();
    }
  }

  static List<String> rows(ResultSet result) throws SQLException {
    List<String> lines = new ArrayList<>();
    int count = result.getMetaData().getColumnCount();
    while (result.next()) {
      StringJoiner line = new StringJoiner("|");
      for (int i = 1; i <= count; i++) line.add(text(plain(result, i)));
      lines.add(line.toString());
    }
    result.close();
    return lines;
  }

  static Object plain(ResultSet result, int column) throws SQLException {
    Object value = result.getObject(column);
    return value instanceof SQLXML || value instanceof Struct || value instanceof org.postgresql.util.PGobject ? result.getString(column) : value;
  }

  static List<String> rows(Connection connection, String statement, Object... values) throws SQLException {
    try (PreparedStatement prepared = connection.prepareStatement(statement)) {
      for (int i = 0; i < values.length; i++) prepared.setObject(i + 1, values[i]);
      return rows(prepared.executeQuery());
    }
  }

  static void metadata(ResultSetMetaData columns) throws SQLException {
    for (int i = 1; i <= columns.getColumnCount(); i++)
      show(columns.getColumnName(i), columns.getColumnTypeName(i), columns.getColumnType(i), columns.getPrecision(i), columns.getScale(i), columns.isNullable(i),
          columns.isAutoIncrement(i), columns.getTableName(i), columns.getColumnDisplaySize(i));
  }

  static {
    scenarios.put("every type in text and binary", connection -> {
      for (String mode : new String[] {"false", "true"})
        try (Connection other = connect("binaryTransfer", mode, "prepareThreshold", mode.equals("true") ? "-1" : "5")) {
          for (String line : rows(other, "SELECT id, a_bool, a_small, a_big, a_text, a_char, a_bytea, a_date, a_time, a_timestamp, an_interval, a_uuid, a_json, a_jsonb, an_inet, "
              + "a_cidr, a_macaddr, a_bits, a_point, a_range, ints, texts, an_oid, a_xml, a_vector, a_name, a_real, a_double FROM everything WHERE id = 1")) show(line);
          try (Statement statement = other.createStatement(); ResultSet result = statement.executeQuery("SELECT * FROM everything ORDER BY id")) { metadata(result.getMetaData()); }
        }
    });
    scenarios.put("server prepared statements", connection -> {
      for (String mode : new String[] {"extended", "simple", "extendedForPrepared", "extendedCacheEverything"})
        try (Connection other = connect("preferQueryMode", mode, "prepareThreshold", "2"); PreparedStatement statement = other.prepareStatement("SELECT id, title FROM books WHERE id = ? AND title LIKE ?")) {
          for (int id = 1; id < 9; id++) {
            statement.setInt(1, id);
            statement.setString(2, "book%");
            show(mode, rows(statement.executeQuery()), statement.unwrap(PGStatement.class).isUseServerPrepare());
          }
          try (Statement plain = other.createStatement()) { plain.execute("DEALLOCATE ALL"); }
          show(attempt(() -> rows(statement.executeQuery())), attempt(() -> rows(statement.executeQuery())));
        }
      show(attempt(() -> { try (PreparedStatement statement = connection.prepareStatement("SELECT ?::int, ? FROM books WHERE pages = ? AND tags = ?")) {
        ParameterMetaData parameters = statement.getParameterMetaData();
        metadata(statement.getMetaData());
        return parameters.getParameterCount() + " " + parameters.getParameterTypeName(1) + " " + parameters.getParameterTypeName(3) + " " + parameters.getParameterTypeName(4); } }));
    });
    scenarios.put("fetch size", connection -> {
      connection.setAutoCommit(false);
      try (PreparedStatement statement = connection.prepareStatement("SELECT id FROM books WHERE id > ? ORDER BY id")) {
        statement.setFetchSize(7);
        statement.setInt(1, 10);
        long sum = 0;
        try (ResultSet result = statement.executeQuery(); Statement other = connection.createStatement()) {
          while (result.next()) {
            sum += result.getLong(1);
            if (result.getRow() == 9) show(rows(other.executeQuery("SELECT 'between'")));
          }
        }
        statement.setMaxRows(3);
        show(sum, rows(statement.executeQuery()));
      }
      try (Statement statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE); ResultSet result = statement.executeQuery("SELECT id, title, price FROM books ORDER BY id")) {
        result.absolute(5);
        show(result.getString("title"), result.last(), result.getRow());
        result.absolute(1);
        result.updateString("title", "updated");
        result.updateRow();
        result.moveToInsertRow();
        show(attempt(() -> { result.updateString("title", "x"); result.insertRow(); return "inserted"; }));
      }
      connection.rollback();
    });
    scenarios.put("batches", connection -> {
      for (String rewrite : new String[] {"false", "true"})
        try (Connection other = connect("reWriteBatchedInserts", rewrite); PreparedStatement insert = other.prepareStatement("INSERT INTO counters VALUES (?, ?)")) {
          other.setAutoCommit(false);
          for (int i = 0; i < 300; i++) { insert.setString(1, "batch " + i); insert.setLong(2, i); insert.addBatch(); }
          show(Arrays.stream(insert.executeBatch()).distinct().toArray(), rows(other, "SELECT count(*), sum(value) FROM counters WHERE name LIKE 'batch%'"));
          for (int i = 0; i < 3; i++) { insert.setString(1, "same"); insert.setLong(2, i); insert.addBatch(); }
          show(attempt(insert::executeBatch));
          other.rollback();
        }
      try (Statement statement = connection.createStatement()) {
        for (String text : new String[] {"INSERT INTO counters VALUES ('a', 1)", "UPDATE counters SET value = 2", "SELECT 1/0", "DELETE FROM counters"}) statement.addBatch(text);
        show(attempt(statement::executeBatch));
        statement.execute("DELETE FROM counters");
      }
    });
    scenarios.put("generated keys", connection -> {
      try (PreparedStatement insert = connection.prepareStatement("INSERT INTO authors (name) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
        insert.setString(1, "jdbc");
        show(insert.executeUpdate(), rows(insert.getGeneratedKeys()).size());
      }
      try (PreparedStatement insert = connection.prepareStatement("INSERT INTO authors (name) VALUES (?)", new String[] {"mood"})) {
        for (int i = 0; i < 20; i++) { insert.setString(1, "jdbc " + i); insert.addBatch(); }
        show(insert.executeBatch(), rows(insert.getGeneratedKeys()));
      }
      try (Statement delete = connection.createStatement()) { show(delete.executeLargeUpdate("DELETE FROM authors WHERE name LIKE 'jdbc%'", Statement.RETURN_GENERATED_KEYS)); }
    });
    scenarios.put("several statements", connection -> {
      try (Statement statement = connection.createStatement()) {
        boolean result = statement.execute("SELECT 1; INSERT INTO counters VALUES ('x', 1); DELETE FROM counters; SELECT 'two'");
        for (int i = 0; i < 5; i++) { show(result, result ? rows(statement.getResultSet()) : statement.getUpdateCount()); result = statement.getMoreResults(); }
        show(attempt(() -> statement.execute("SELECT 1; SELECT 1/0; SELECT 3")), attempt(() -> statement.execute("")));
      }
    });
    scenarios.put("errors", connection -> {
      for (String text : new String[] {"SELECT 1/0", "SELEC", "SELECT nosuch FROM books", "SELECT * FROM nosuch", "INSERT INTO authors (name) VALUES ('author 1')", "SELECT fail_with('é')"})
        show(attempt(() -> rows(connection, text)));
      show(attempt(() -> rows(connection, "SELECT ?::int", "x")), attempt(() -> rows(connection, "SELECT ?", 1)));
    });
    scenarios.put("transactions", connection -> {
      connection.setAutoCommit(false);
      Savepoint point = connection.setSavepoint("a point");
      show(attempt(() -> rows(connection, "SELECT 1/0")), attempt(() -> rows(connection, "SELECT 1")));
      connection.rollback(point);
      connection.releaseSavepoint(connection.setSavepoint());
      connection.commit();
      for (int level : new int[] {Connection.TRANSACTION_SERIALIZABLE, Connection.TRANSACTION_REPEATABLE_READ}) {
        connection.setTransactionIsolation(level);
        connection.setReadOnly(true);
        show(connection.getTransactionIsolation(), rows(connection, "SHOW transaction_read_only"), attempt(() -> rows(connection, "INSERT INTO counters VALUES ('x', 1) RETURNING 1")));
        connection.rollback();
        connection.setReadOnly(false);
      }
      try (Connection other = connect("autosave", "always")) {
        other.setAutoCommit(false);
        show(attempt(() -> rows(other, "SELECT 1/0")), rows(other, "SELECT 'goes on'"));
        other.commit();
      }
    });
    scenarios.put("COPY both ways", connection -> {
      CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 2000; i++) lines.append("jdbc ").append(i).append('\t').append(i).append('\n');
      show(copy.copyIn("COPY counters FROM STDIN", new StringReader(lines.toString())));
      StringWriter out = new StringWriter();
      show(copy.copyOut("COPY (SELECT * FROM counters WHERE value > 1997 ORDER BY value) TO STDOUT CSV", out), out);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      copy.copyOut("COPY (SELECT id, name FROM authors WHERE id < 3 ORDER BY id) TO STDOUT (FORMAT binary)", bytes);
      show(bytes.toByteArray(), attempt(() -> copy.copyIn("COPY counters FROM STDIN", new ByteArrayInputStream("x\ty\n".getBytes(StandardCharsets.UTF_8)))));
      copy.copyIn("COPY counters FROM STDIN").cancelCopy();
      try (Statement delete = connection.createStatement()) { show(delete.executeUpdate("DELETE FROM counters")); }
    });
    scenarios.put("large objects", connection -> {
      connection.setAutoCommit(false);
      LargeObjectManager manager = connection.unwrap(PGConnection.class).getLargeObjectAPI();
      long oid = manager.createLO(LargeObjectManager.READWRITE);
      LargeObject object = manager.open(oid);
      object.write("large object".getBytes(StandardCharsets.UTF_8));
      object.seek(6);
      show(new String(object.read(6), StandardCharsets.UTF_8), object.tell64(), object.size());
      object.truncate(5);
      object.close();
      manager.delete(oid);
      connection.rollback();
    });
    scenarios.put("cancel and timeouts", connection -> {
      try (Statement statement = connection.createStatement()) {
        statement.setQueryTimeout(1);
        show(attempt(() -> statement.execute("SELECT pg_sleep(20)")));
        statement.setQueryTimeout(0);
        Timer timer = new Timer(true);
        timer.schedule(new TimerTask() { @Override public void run() { attempt(() -> { statement.cancel(); return null; }); } }, 300);
        show(attempt(() -> statement.execute("SELECT pg_sleep(20)")), rows(connection, "SELECT 'alive'"));
      }
    });
    scenarios.put("notices and notifications", connection -> {
      try (Statement statement = connection.createStatement(); Connection other = connect()) {
        statement.execute("SELECT remark('jdbc')");
        for (SQLWarning warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning()) show(warning.getSQLState(), warning.getMessage());
        statement.execute("LISTEN jobs");
        rows(other, "SELECT pg_notify('jobs', 'one')");
        PGNotification[] heard = connection.unwrap(PGConnection.class).getNotifications(5000);
        show(heard.length, heard[0].getName(), heard[0].getParameter(), heard[0].getPID() == other.unwrap(PGConnection.class).getBackendPID());
      }
    });
    scenarios.put("metadata of the database", connection -> {
      DatabaseMetaData data = connection.getMetaData();
      show(data.getDatabaseProductName(), data.getDatabaseMajorVersion(), data.getDriverVersion(), data.getUserName(), data.getMaxColumnNameLength(), data.getSQLKeywords().length());
      show(rows(data.getTables(null, "public", "%", new String[] {"TABLE", "VIEW", "PARTITIONED TABLE", "SEQUENCE", "TYPE", "MATERIALIZED VIEW"})));
      show(rows(data.getSchemas()), rows(data.getCatalogs()).contains("pattern"), rows(data.getTableTypes()));
      for (String table : new String[] {"authors", "books", "Odd Name"}) {
        show(rows(data.getColumns(null, "public", table, "%")));
        show(rows(data.getPrimaryKeys(null, "public", table)), rows(data.getImportedKeys(null, "public", table)), rows(data.getExportedKeys(null, "public", table)));
        show(rows(data.getIndexInfo(null, "public", table, false, true)).size(), rows(data.getBestRowIdentifier(null, "public", table, 2, true)), rows(data.getVersionColumns(null, "public", table)));
        show(rows(data.getTablePrivileges(null, "public", table)), rows(data.getColumnPrivileges(null, "public", table, "%")).size());
      }
      show(rows(data.getFunctions(null, "public", "%")).size(), rows(data.getFunctionColumns(null, "public", "add_one", "%")), rows(data.getProcedures(null, "public", "%")).size());
      show(rows(data.getProcedureColumns(null, "public", "bump", "%")), rows(data.getUDTs(null, "public", "%", null)), rows(data.getTypeInfo()).size());
      show(rows(data.getCrossReference(null, "public", "authors", null, "public", "books")), rows(data.getClientInfoProperties()));
      show(data.getNumericFunctions(), data.getMaxConnections() > 0, data.getDefaultTransactionIsolation());
    });
    scenarios.put("calls", connection -> {
      show(attempt(() -> { try (CallableStatement call = connection.prepareCall("{? = call add_one(?)}")) {
        call.registerOutParameter(1, Types.INTEGER);
        call.setInt(2, 41);
        call.execute();
        return call.getInt(1); } }));
      try (Connection other = connect("escapeSyntaxCallMode", "callIfNoReturn"); CallableStatement call = other.prepareCall("{call bump(?)}")) {
        call.setInt(1, 5);
        call.registerOutParameter(1, Types.INTEGER);
        call.execute();
        show(call.getInt(1));
      }
      connection.setAutoCommit(false);
      show(attempt(() -> { try (CallableStatement call = connection.prepareCall("{? = call cursor_on_books()}")) {
        call.registerOutParameter(1, Types.OTHER);
        call.execute();
        ResultSet books = (ResultSet) call.getObject(1);
        books.next();
        return books.getString(2); } }));
      connection.rollback();
      show(attempt(() -> rows(connection, "SELECT * FROM titles_of(?)", 3).size()), rows(connection, "SELECT {fn ucase('x')}, {d '2024-02-29'}, {fn concat('a', 'b')}"));
    });
    scenarios.put("arrays and types of the database", connection -> {
      Array array = connection.createArrayOf("text", new String[] {"a", null, "b \"c\""});
      show(rows(connection, "SELECT ?::text[]", array), rows(connection, "SELECT title FROM books WHERE id = ANY (?) ORDER BY id", connection.createArrayOf("int8", new Long[] {1L, 3L})));
      show(rows(connection, "SELECT home, mood FROM authors WHERE id = 1"), attempt(() -> rows(connection, "SELECT ?::mood", "sad")));
      try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery("SELECT ARRAY[1, 2], home FROM authors WHERE id = 1")) {
        result.next();
        show((Object) result.getArray(1).getArray(), result.getArray(1).getBaseTypeName(), result.getObject(2).getClass().getSimpleName());
      }
    });
    scenarios.put("the connection", connection -> {
      show(connection.isValid(5), connection.getSchema(), connection.getCatalog(), connection.unwrap(PGConnection.class).getParameterStatus("TimeZone"));
      connection.setSchema("pg_catalog");
      show(connection.getSchema(), attempt(() -> { connection.setClientInfo("ApplicationName", "a tool"); return connection.getClientInfo("ApplicationName"); }), rows(connection, "SHOW application_name"));
      try (Connection other = connect("currentSchema", "public", "ApplicationName", "x", "options", "-c statement_timeout=7s", "readOnly", "true", "assumeMinServerVersion", "9.6", "stringtype", "unspecified")) {
        show(rows(other, "SHOW search_path"), rows(other, "SHOW application_name"), rows(other, "SHOW statement_timeout"), rows(other, "SELECT title FROM books WHERE id = ?", "3"));
      }
      connection.setNetworkTimeout(Runnable::run, 5000);
      show(connection.getNetworkTimeout(), attempt(() -> connect("user", "nobody")), attempt(() -> DriverManager.getConnection("jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT") + "/nosuch?user=" + System.getenv("PGUSER") + "&password=" + System.getenv("PGPASSWORD").replace(" ", "%20"))));
    });
    scenarios.put("masked values", connection -> {
      for (String threshold : new String[] {"-1", "5"})
        try (Connection other = connect("prepareThreshold", threshold)) {
          show(rows(other, "SELECT * FROM contacts ORDER BY id LIMIT 3"), rows(other, "SELECT email, card FROM contacts WHERE id = ?", 7));
          try (Statement statement = other.createStatement(); ResultSet result = statement.executeQuery("SELECT id, name AS n FROM contacts LIMIT 0")) { metadata(result.getMetaData()); }
          other.setAutoCommit(false);
          try (Statement statement = other.createStatement()) {
            statement.setFetchSize(9);
            show(rows(statement.executeQuery("SELECT id, email, salary FROM contacts ORDER BY id")).get(99));
          }
        }
    });
    scenarios.put("masked columns and their metadata", connection -> {
      try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery("SELECT * FROM contacts LIMIT 0")) { metadata(result.getMetaData()); }
      show(rows(connection.getMetaData().getColumns(null, "public", "contacts", "%")));
    });
  }

  public static void main(String[] arguments) {
    boolean masked = arguments.length > 0 && arguments[0].equals("masked");
    for (Map.Entry<String, Scenario> scenario : scenarios.entrySet()) {
      if (scenario.getKey().startsWith("masked") != masked) continue;
      System.out.println("== " + scenario.getKey());
      try (Connection connection = connect()) {
        scenario.getValue().play(connection);
      } catch (Exception failure) {
        System.out.println("!! " + failure);
      }
    }
  }
}
