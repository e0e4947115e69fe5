<?php
// PDO and the pgsql functions: print what they see, scenario by scenario.

$masked = ($argv[1] ?? '') === 'masked';
$scenarios = [];

function connect(array $options = []): PDO
{
    $text = sprintf('pgsql:host=%s;port=%s;dbname=%s', getenv('PGHOST'), getenv('PGPORT'), getenv('PGDATABASE'));
    return new PDO($text, getenv('PGUSER'), getenv('PGPASSWORD'), $options + [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
}

function show(...$values): void
{
    echo implode(' ', array_map(fn ($value) => json_encode($value, JSON_UNESCAPED_UNICODE | JSON_PARTIAL_OUTPUT_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE), $values)), "\n";
}

function rows(PDO $database, string $statement, array $values = []): array
{
    $prepared = $database->prepare($statement);
    $prepared->execute($values);
    return $prepared->fetchAll(PDO::FETCH_ASSOC);
}

function attempt(callable $action)
{
    try {
        return $action();
    } catch (PDOException $failure) {
        return [$failure->getCode(), $failure->getMessage()];
    }
}

$scenarios['every type'] = function (PDO $database) {
    $statement = $database->query('SELECT * FROM everything ORDER BY id');
    for ($i = 0; $i < $statement->columnCount(); $i++) {
        $meta = $statement->getColumnMeta($i);
        unset($meta['pgsql:table_oid']);
        show($meta);
    }
    foreach ($statement->fetchAll(PDO::FETCH_NUM) as $row) {
        show(array_map(fn ($value) => is_resource($value) ? bin2hex(stream_get_contents($value)) : $value, $row));
    }
};

$scenarios['parameters in every mode'] = function () {
    foreach ([[], [PDO::ATTR_EMULATE_PREPARES => true], [PDO::PGSQL_ATTR_DISABLE_PREPARES => true]] as $options) {
        $database = connect($options);
        show(rows($database, 'SELECT ?::int + 1 AS a, ?::text AS b, ?::bool AS c, ?::text AS d', [1, "it's é", 'true', null]));
        show(rows($database, 'SELECT title FROM books WHERE author_id = :a AND pages > :p ORDER BY id', ['a' => 3, 'p' => 100]));
        $statement = $database->prepare('SELECT title FROM books WHERE id = ?');
        for ($id = 1; $id < 6; $id++) {
            $statement->execute([$id]);
            show($statement->fetchColumn());
        }
        $statement = $database->prepare('SELECT encode(?, \'hex\') AS h, ?::int AS i, ?::bool AS b');
        $statement->bindValue(1, "\0\xff", PDO::PARAM_LOB);
        $statement->bindValue(2, 7, PDO::PARAM_INT);
        $statement->bindValue(3, false, PDO::PARAM_BOOL);
        show(attempt(fn () => $statement->execute()), attempt(fn () => $statement->fetchAll(PDO::FETCH_ASSOC)));
    }
};

$scenarios['errors'] = function (PDO $database) {
    foreach (["SELECT 1/0", "SELEC", "SELECT nosuch FROM books", "SELECT * FROM nosuch", "INSERT INTO authors (name) VALUES ('author 1')", "SELECT fail_with('é')"] as $statement) {
        show(attempt(fn () => $database->exec($statement)), attempt(fn () => rows($database, $statement)), $database->errorInfo());
    }
};

$scenarios['transactions'] = function (PDO $database) {
    $database->beginTransaction();
    show($database->inTransaction(), $database->exec("INSERT INTO counters VALUES ('php', 1)"));
    show(attempt(fn () => $database->exec('SELECT 1/0')), attempt(fn () => rows($database, 'SELECT 1')), $database->inTransaction());
    $database->rollBack();
    show(rows($database, "SELECT count(*) FROM counters WHERE name = 'php'"), $database->inTransaction());
    show($database->exec("INSERT INTO authors (name) VALUES ('php')"), $database->lastInsertId() > 20, $database->lastInsertId('authors_id_seq') > 20, $database->exec("DELETE FROM authors WHERE name = 'php'"));
};

$scenarios['scrolling cursors'] = function (PDO $database) {
    $database->beginTransaction();
    $statement = $database->prepare('SELECT id, title FROM books ORDER BY id', [PDO::ATTR_CURSOR => PDO::CURSOR_SCROLL]);
    $statement->execute();
    show($statement->fetch(PDO::FETCH_NUM), $statement->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_LAST), $statement->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_ABS, 5), $statement->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_PRIOR));
    $statement->closeCursor();
    $database->commit();
};

$scenarios['COPY both ways'] = function (PDO $database) {
    show($database->pgsqlCopyFromArray('counters', ["php 1\t1", "php 2\t2"]), $database->pgsqlCopyToArray('counters'));
    show(attempt(fn () => $database->pgsqlCopyFromArray('counters', ["x\ty"])), $database->exec('DELETE FROM counters'));
};

$scenarios['large objects'] = function (PDO $database) {
    $database->beginTransaction();
    $oid = $database->pgsqlLOBCreate();
    $stream = $database->pgsqlLOBOpen($oid, 'w');
    show(fwrite($stream, 'large'));
    fseek($stream, 0);
    show(stream_get_contents($stream));
    $stream = null;
    show($database->pgsqlLOBUnlink($oid));
    $database->rollBack();
};

$scenarios['notifications'] = function (PDO $database) {
    $database->exec('LISTEN jobs');
    connect()->exec("NOTIFY jobs, 'one'");
    $heard = $database->pgsqlGetNotify(PDO::FETCH_ASSOC, 5000);
    show($heard['message'], $heard['payload'], $database->pgsqlGetPid() == rows($database, 'SELECT pg_backend_pid() AS p')[0]['p']);
};

$scenarios['attributes of the connection'] = function (PDO $database) {
    foreach ([PDO::ATTR_SERVER_VERSION, PDO::ATTR_CLIENT_VERSION, PDO::ATTR_CONNECTION_STATUS, PDO::ATTR_DRIVER_NAME] as $attribute) {
        show($database->getAttribute($attribute));
    }
    show(preg_replace('/PID: \d+/', 'PID', $database->getAttribute(PDO::ATTR_SERVER_INFO)));
    $persistent = connect([PDO::ATTR_PERSISTENT => true]);
    show(rows($persistent, 'SELECT 1 AS one'));
};

$scenarios['pgsql functions'] = function () {
    $connection = pg_connect('');
    show(pg_version($connection)['server'], pg_parameter_status($connection, 'server_encoding'), pg_client_encoding($connection), pg_ping($connection));
    show(pg_fetch_all(pg_query_params($connection, 'SELECT $1::int + 1 AS a', [1])), pg_fetch_all(pg_query($connection, 'SELECT 1 AS a; SELECT 2 AS b')));
    pg_prepare($connection, 'p', 'SELECT title FROM books WHERE id = $1');
    show(pg_fetch_all(pg_execute($connection, 'p', [3])), pg_meta_data($connection, 'books'), pg_convert($connection, 'books', ['pages' => '5', 'title' => 'x']));
    show(pg_insert($connection, 'counters', ['name' => 'php', 'value' => 3]) !== false, pg_select($connection, 'counters', ['name' => 'php']));
    show(pg_update($connection, 'counters', ['value' => 4], ['name' => 'php']), pg_delete($connection, 'counters', ['name' => 'php']));
    $result = pg_query($connection, 'SELECT id, title, pages FROM books LIMIT 1');
    show(pg_field_table($result, 1), pg_field_type($result, 1), pg_field_size($result, 1), pg_field_type_oid($result, 2), pg_field_prtlen($result, 0, 1));
    pg_send_query($connection, 'SELECT 1/0');
    $result = pg_get_result($connection);
    show(pg_result_error($result), pg_result_error_field($result, PGSQL_DIAG_SQLSTATE), pg_transaction_status($connection));
    pg_send_query($connection, 'SELECT pg_sleep(20)');
    usleep(300000); // a cancel that overtakes the statement has no effect
    show(pg_cancel_query($connection), pg_connection_busy($connection), pg_fetch_all(pg_query($connection, "SELECT 'alive' AS a")));
    show(pg_copy_to($connection, 'counters'), pg_lo_create($connection) !== false, pg_trace('/dev/null'));
};

$scenarios['masked values'] = function (PDO $database) {
    show(rows($database, 'SELECT * FROM contacts ORDER BY id LIMIT 3'), rows($database, 'SELECT email, card FROM contacts WHERE id = ?', [8]));
    $statement = $database->query('SELECT * FROM contacts LIMIT 0');
    for ($i = 0; $i < $statement->columnCount(); $i++) {
        $meta = $statement->getColumnMeta($i);
        unset($meta['pgsql:table_oid'], $meta['table']);
        show($meta);
    }
    show($database->pgsqlCopyToArray('contacts')[0]);
};

foreach ($scenarios as $name => $scenario) {
    if (str_starts_with($name, 'masked') !== $masked) {
        continue;
    }
    echo "== $name\n";
    try {
        $scenario(connect());
    } catch (Throwable $failure) {
        echo '!! ', get_class($failure), ': ', $failure->getMessage(), "\n";
    }
}
