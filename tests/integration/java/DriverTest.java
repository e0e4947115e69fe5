import java.io.StringReader;
import java.io.StringWriter;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.util.PSQLException;

/** pgjdbc. Prints "ok NAME" or "FAIL NAME: why" for each scenario; the Python test reads that. */
public final class DriverTest {
  private static final boolean MASKED = "1".equals(System.getenv("EXPECT_MASKS"));

  private interface Scenario {
    void run(Connection connection) throws Exception;
  }

  private static void check(boolean holds, String what) {
    if (!holds) throw new AssertionError(what);
  }

  private static void same(Object expected, Object actual) {
    check(expected.equals(actual), "expected " + expected + ", got " + actual);
  }

  private static void fails(String sqlstate, Statement statement, String sql) {
    try {
      statement.execute(sql);
    } catch (SQLException refused) {
      same(sqlstate, refused.getSQLState());
      return;
    }
    throw new AssertionError("should have failed: " + sql);
  }

  private static void emailIsAsExpected(ResultSet row) throws SQLException {
    String email = row.getString("email");
    check(MASKED ? email.equals("tok-" + row.getInt("id")) : email.endsWith("@example.org"), "unexpected email of " + row.getInt("id"));
  }

  private static Connection connect(String... settings) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", System.getenv("PGUSER"));
    properties.setProperty("password", System.getenv("PGPASSWORD"));
    for (int i = 0; i < settings.length; i += 2) properties.setProperty(settings[i], settings[i + 1]);
    String url = "jdbc:postgresql://127.0.0.1:" + System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE");
    return DriverManager.getConnection(url, properties);
  }

  private static void everyVerdict(Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      ResultSet row = statement.executeQuery("SELECT id, name, email FROM customers WHERE id = 3");
      check(row.next(), "a row");
      same("Ada 3", row.getString("name"));
      emailIsAsExpected(row);
      fails("42501", statement, "SELECT rolpassword FROM pg_authid");
      statement.execute("CREATE TABLE jdbc_held (id integer)");
      SQLWarning warning = statement.getWarnings();
      same(MASKED, warning != null);
      same(1, statement.executeUpdate("INSERT INTO jdbc_held VALUES (1)"));
    }
  }

  private static void preparedStatements(Connection connection) throws Exception {
    try (PreparedStatement statement = connection.prepareStatement("SELECT id, email FROM customers WHERE id = ?")) {
      for (int id = 1; id <= 20; id++) {
        statement.setInt(1, id);
        ResultSet row = statement.executeQuery();
        check(row.next(), "a row");
        emailIsAsExpected(row);
      }
    }
  }

  private static void batches(Connection connection) throws Exception {
    connection.setAutoCommit(false);
    try (PreparedStatement statement = connection.prepareStatement("INSERT INTO tasks (id, title) VALUES (?, ?)")) {
      for (int i = 0; i < 2000; i++) {
        statement.setInt(1, 90000 + i);
        statement.setString(2, "batch " + i);
        statement.addBatch();
      }
      same(2000, statement.executeBatch().length);
    }
    connection.rollback();
  }

  private static void failingBatch(Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.addBatch("INSERT INTO counters VALUES ('jdbc', 1)");
      statement.addBatch("INSERT INTO regions VALUES (1, 'again')");
      statement.executeBatch();
      throw new AssertionError("the batch should have failed");
    } catch (BatchUpdateException expected) {
      same("23505", expected.getSQLState());
    }
    try (Statement statement = connection.createStatement()) {
      ResultSet row = statement.executeQuery("SELECT count(*) FROM counters WHERE name = 'jdbc'");
      row.next();
      same(0, row.getInt(1));
    }
  }

  private static void generatedKeys(Connection connection) throws Exception {
    connection.setAutoCommit(false);
    try (PreparedStatement statement = connection.prepareStatement("INSERT INTO tasks (title) VALUES ('keys')", new String[] {"id"})) {
      statement.executeUpdate();
      ResultSet keys = statement.getGeneratedKeys();
      check(keys.next() && keys.getInt(1) > 1000, "a generated key");
    }
    connection.rollback();
  }

  private static void fetchSize(Connection connection) throws Exception {
    connection.setAutoCommit(false);
    try (PreparedStatement statement = connection.prepareStatement("SELECT id, email FROM customers ORDER BY id")) {
      statement.setFetchSize(17);
      ResultSet row = statement.executeQuery();
      int seen = 0;
      while (row.next()) {
        emailIsAsExpected(row);
        seen++;
      }
      same(200, seen);
    }
    connection.commit();
  }

  private static void tablesAndColumns(Connection connection) throws Exception {
    List<String> tables = new ArrayList<>();
    ResultSet row = connection.getMetaData().getTables(null, "public", "%", new String[] {"TABLE", "VIEW"});
    while (row.next()) tables.add(row.getString("TABLE_NAME"));
    check(tables.contains("customers") && tables.contains("customer_directory"), "getTables: " + tables);
    List<String> columns = new ArrayList<>();
    row = connection.getMetaData().getColumns(null, "public", "customers", "%");
    while (row.next()) columns.add(row.getString("COLUMN_NAME") + " " + row.getString("TYPE_NAME"));
    same("[id int4, name text, email varchar, phone varchar, city text, age int4, joined date, region_id int4]", columns.toString());
    row = connection.getMetaData().getPrimaryKeys(null, "public", "customers");
    check(row.next() && row.getString("COLUMN_NAME").equals("id"), "getPrimaryKeys");
    row = connection.getMetaData().getImportedKeys(null, "public", "orders");
    check(row.next() && row.getString("PKTABLE_NAME").equals("customers"), "getImportedKeys");
    row = connection.getMetaData().getIndexInfo(null, "public", "orders", false, true);
    check(row.next(), "getIndexInfo");
    row = connection.getMetaData().getSchemas();
    check(row.next(), "getSchemas");
    row = connection.getMetaData().getTypeInfo();
    check(row.next(), "getTypeInfo");
  }

  private static void resultMetadata(Connection connection) throws Exception {
    try (PreparedStatement statement = connection.prepareStatement("SELECT id, name FROM customers")) {
      ResultSetMetaData columns = statement.executeQuery().getMetaData();
      same("customers", columns.getTableName(1));
      same("int4", columns.getColumnTypeName(1));
      same(ResultSetMetaData.columnNoNulls, columns.isNullable(2));
    }
  }

  private static void cancel(Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      CompletableFuture<Void> canceller = CompletableFuture.runAsync(() -> {
        try {
          Thread.sleep(300);
          statement.cancel();
        } catch (Exception failure) {
          throw new IllegalStateException(failure);
        }
      });
      fails("57014", statement, "SELECT count(*) FROM generate_series(1, 10000000000)");
      canceller.get();
      check(statement.executeQuery("SELECT 1").next(), "the session goes on");
    }
  }

  private static void queryTimeout(Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      fails("57014", statement, "SELECT count(*) FROM generate_series(1, 10000000000)");
    }
  }

  private static void copy(Connection connection) throws Exception {
    connection.setAutoCommit(false);
    CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 3000; i++) rows.append(100000 + i).append("\tjdbc\n");
    same(3000L, copies.copyIn("COPY tasks (id, title) FROM STDIN", new StringReader(rows.toString())));
    StringWriter out = new StringWriter();
    same(3000L, copies.copyOut("COPY (SELECT id FROM tasks WHERE id >= 100000) TO STDOUT", out));
    connection.rollback();
  }

  private static void savepoints(Connection connection) throws Exception {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      var savepoint = connection.setSavepoint("before");
      fails("22012", statement, "SELECT 1/0");
      connection.rollback(savepoint);
      check(statement.executeQuery("SELECT 1").next(), "after the savepoint");
    }
    connection.commit();
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setReadOnly(true);
    try (Statement statement = connection.createStatement()) {
      fails("25006", statement, "INSERT INTO counters VALUES ('readonly', 1)");
    }
    connection.rollback();
  }

  private static void simpleMode(Connection ignored) throws Exception {
    try (Connection connection = connect("preferQueryMode", "simple"); Statement statement = connection.createStatement()) {
      ResultSet row = statement.executeQuery("SELECT id, email FROM customers WHERE id = 5");
      check(row.next(), "a row");
      emailIsAsExpected(row);
    }
  }

  /** An agent that is told to come again does. */
  private static void pendingError(Connection connection) throws Exception {
    try (Connection hasty = connect("user", "hasty-bot", "password", System.getenv("HASTY_PASSWORD")); Statement statement = hasty.createStatement()) {
      for (int attempt = 1; ; attempt++) {
        try {
          statement.execute("CREATE TABLE jdbc_pending (id integer)");
          check(!MASKED || attempt > 1, "nobody had approved yet");
          return;
        } catch (PSQLException pending) {
          same("SL001", pending.getSQLState());
          check(pending.getServerErrorMessage().getDetail().contains("\"request\""), "DETAIL tells the request");
          check(attempt < 200, "approved in time");
          Thread.sleep(50);
        }
      }
    }
  }

  private static void run(String name, Scenario scenario) {
    try (Connection connection = connect()) {
      scenario.run(connection);
      System.out.println("ok " + name);
    } catch (Throwable failure) {
      System.out.println("FAIL " + name + ": " + failure);
    }
  }

  public static void main(String[] arguments) {
    run("every verdict in one session", DriverTest::everyVerdict);
    run("prepared statements", DriverTest::preparedStatements);
    run("batches", DriverTest::batches);
    run("a failing batch", DriverTest::failingBatch);
    run("generated keys", DriverTest::generatedKeys);
    run("fetch size", DriverTest::fetchSize);
    run("tables and columns", DriverTest::tablesAndColumns);
    run("metadata of results", DriverTest::resultMetadata);
    run("cancel", DriverTest::cancel);
    run("query timeout", DriverTest::queryTimeout);
    run("COPY both ways", DriverTest::copy);
    run("savepoints and read-only", DriverTest::savepoints);
    run("simple query mode", DriverTest::simpleMode);
    run("a pending error", DriverTest::pendingError);
  }
}
