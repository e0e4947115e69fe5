// lib/pq: prints what it sees, scenario by scenario.
package main

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/lib/pq"
)

type scenario struct {
	name string
	play func(db *sql.DB) error
}

func show(values ...interface{}) { fmt.Println(values...) }

func failure(err error) string {
	var server *pq.Error
	if errors.As(err, &server) {
		return fmt.Sprintf("error %s %s %s [%s %s %s %s %s %s]", server.Severity, server.Code, server.Message, server.Detail, server.Hint, server.Position, server.Where, server.Table, server.Constraint)
	}
	return fmt.Sprintf("error %v", err)
}

func text(value interface{}) string {
	switch known := value.(type) {
	case []byte:
		return string(known)
	case time.Time:
		return known.UTC().Format(time.RFC3339Nano)
	}
	return fmt.Sprint(value)
}

func rows(queryable interface {
	Query(string, ...interface{}) (*sql.Rows, error)
}, statement string, values ...interface{}) string {
	result, err := queryable.Query(statement, values...)
	if err != nil {
		return failure(err)
	}
	return read(result)
}

func read(result *sql.Rows) string {
	defer result.Close()
	var lines []string
	for more := true; more; more = result.NextResultSet() {
		columns, err := result.Columns()
		if err != nil {
			return failure(err)
		}
		for result.Next() {
			cells := make([]interface{}, len(columns))
			places := make([]interface{}, len(columns))
			for i := range cells {
				places[i] = &cells[i]
			}
			if err := result.Scan(places...); err != nil {
				return failure(err)
			}
			words := make([]string, len(cells))
			for i, cell := range cells {
				words[i] = text(cell)
			}
			lines = append(lines, strings.Join(words, "|"))
		}
		if result.Err() != nil {
			return strings.Join(append(lines, failure(result.Err())), "\n")
		}
		lines = append(lines, "--")
	}
	return strings.Join(lines, "\n")
}

func connect(options string) *sql.DB {
	db, err := sql.Open("postgres", "sslmode=disable "+options)
	if err != nil {
		panic(err)
	}
	db.SetMaxOpenConns(3)
	return db
}

var scenarios = []scenario{
	{"every type in text and binary", func(db *sql.DB) error {
		for _, options := range []string{"", "binary_parameters=yes"} {
			other := connect(options)
			show(rows(other, "SELECT id, a_bool, a_small, a_big, a_real, a_double, a_numeric, a_text, a_char, a_date, a_time, a_timestamp, a_timestamptz, an_interval, a_uuid, a_jsonb, ints, texts FROM everything WHERE id = $1", 1))
			var raw []byte
			if err := other.QueryRow("SELECT a_bytea FROM everything WHERE id = 1").Scan(&raw); err != nil {
				return err
			}
			show(hex.EncodeToString(raw))
			other.Close()
		}
		result, err := db.Query("SELECT * FROM everything")
		if err != nil {
			return err
		}
		defer result.Close()
		types, err := result.ColumnTypes()
		for _, column := range types {
			length, known := column.Length()
			precision, scale, _ := column.DecimalSize()
			show(column.Name(), column.DatabaseTypeName(), length, known, precision, scale, column.ScanType())
		}
		return err
	}},
	{"parameters and prepared statements", func(db *sql.DB) error {
		show(rows(db, "SELECT $1::int + 1, $2, $3::text, $4::timestamptz, $5::bool", 1, "it's é", nil, time.Unix(0, 0), true))
		show(rows(db, "SELECT title FROM books WHERE id = ANY($1) ORDER BY id", pq.Array([]int{1, 3})))
		statement, err := db.Prepare("SELECT title FROM books WHERE id = $1")
		if err != nil {
			return err
		}
		defer statement.Close()
		for id := 1; id < 6; id++ {
			result, err := statement.Query(id)
			if err != nil {
				return err
			}
			show(read(result))
		}
		_, err = statement.Query("x")
		show(failure(err), rows(db, "SELECT $1::int, $2", 1))
		return nil
	}},
	{"errors", func(db *sql.DB) error {
		for _, statement := range []string{"SELECT 1/0", "SELEC", "SELECT nosuch FROM books", "SELECT * FROM nosuch", "INSERT INTO authors (name) VALUES ('author 1')", "SELECT fail_with('é')", ""} {
			_, err := db.Exec(statement)
			show(failure(err), rows(db, statement))
		}
		return nil
	}},
	{"several statements", func(db *sql.DB) error {
		show(rows(db, "SELECT 1; SELECT 'two'; SELECT 3 WHERE false"), rows(db, "SELECT 1; SELECT 1/0"))
		return nil
	}},
	{"transactions", func(db *sql.DB) error {
		transaction, err := db.BeginTx(context.Background(), &sql.TxOptions{Isolation: sql.LevelSerializable, ReadOnly: true})
		if err != nil {
			return err
		}
		show(rows(transaction, "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')"))
		_, err = transaction.Exec("INSERT INTO counters VALUES ('go', 1)")
		show(failure(err), rows(transaction, "SELECT 1"), failure(transaction.Commit()))
		transaction, _ = db.Begin()
		_, err = transaction.Exec("INSERT INTO counters VALUES ('go', 1)")
		show(err, transaction.Rollback(), rows(db, "SELECT count(*) FROM counters WHERE name = 'go'"))
		return nil
	}},
	{"COPY from a client", func(db *sql.DB) error {
		transaction, err := db.Begin()
		if err != nil {
			return err
		}
		defer transaction.Rollback()
		statement, err := transaction.Prepare(pq.CopyIn("counters", "name", "value"))
		if err != nil {
			return err
		}
		for i := 0; i < 2000; i++ {
			if _, err := statement.Exec(fmt.Sprintf("go %d", i), i); err != nil {
				return err
			}
		}
		result, err := statement.Exec()
		if err != nil {
			return err
		}
		count, _ := result.RowsAffected()
		show(count, statement.Close(), rows(transaction, "SELECT count(*), max(value) FROM counters WHERE name LIKE 'go%'"))
		statement, _ = transaction.Prepare(pq.CopyInSchema("public", "counters", "name", "value"))
		statement.Exec("x", "not a number")
		_, err = statement.Exec()
		show(failure(err))
		return nil
	}},
	{"cancel by context", func(db *sql.DB) error {
		context, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		defer cancel()
		_, err := db.ExecContext(context, "SELECT pg_sleep(20)")
		show(failure(err), rows(db, "SELECT 'alive'"))
		return nil
	}},
	{"notices and notifications", func(db *sql.DB) error {
		connector, err := pq.NewConnector("sslmode=disable")
		if err != nil {
			return err
		}
		noticing := sql.OpenDB(pq.ConnectorWithNoticeHandler(connector, func(notice *pq.Error) { show(notice.Severity, notice.Code, notice.Message) }))
		defer noticing.Close()
		show(rows(noticing, "SELECT remark('go')"))
		listener := pq.NewListener("sslmode=disable", time.Second, time.Minute, nil)
		defer listener.Close()
		if err := listener.Listen("jobs"); err != nil {
			return err
		}
		show(rows(db, "SELECT pg_notify('jobs', 'one')"))
		select {
		case heard := <-listener.Notify:
			show(heard.Channel, heard.Extra)
		case <-time.After(5 * time.Second):
			return errors.New("nothing was heard")
		}
		return listener.Ping()
	}},
	{"settings", func(db *sql.DB) error {
		for _, options := range []string{"application_name=go", "search_path=pg_catalog", "statement_timeout=5000", "options='-c extra_float_digits=0'", "dbname=nosuch", "nosuch=1"} {
			other := connect(options)
			show(options, rows(other, "SELECT current_setting('application_name'), current_setting('search_path'), current_setting('statement_timeout'), current_setting('extra_float_digits')"))
			other.Close()
		}
		return nil
	}},
	{"masked values", func(db *sql.DB) error {
		for _, options := range []string{"", "binary_parameters=yes"} {
			other := connect(options)
			show(rows(other, "SELECT * FROM contacts WHERE id < $1 ORDER BY id", 4), rows(other, "SELECT email, card FROM contacts WHERE id = 7"))
			other.Close()
		}
		return nil
	}},
}

func main() {
	masked := len(os.Args) > 1 && os.Args[1] == "masked"
	for _, one := range scenarios {
		if strings.HasPrefix(one.name, "masked") != masked {
			continue
		}
		fmt.Println("== " + one.name)
		db := connect("")
		done := make(chan error, 1)
		go func(play func(*sql.DB) error) { done <- play(db) }(one.play)
		select {
		case err := <-done:
			if err != nil {
				fmt.Println("!!", failure(err))
			}
		case <-time.After(15 * time.Second):
			fmt.Println("!! not within its time")
			continue
		}
		db.Close()
	}
}
