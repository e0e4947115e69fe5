# DBD::Pg: prints what it sees, scenario by scenario.
use strict;
use warnings;
use DBI;
use DBD::Pg qw(:pg_types :async);

binmode STDOUT, ":utf8";
$| = 1;
my $masked = (shift // "") eq "masked";

sub connect_here { DBI->connect("dbi:Pg:", undef, undef, {RaiseError => 1, PrintError => 0, PrintWarn => 0, AutoCommit => 1, @_}) }
sub text { my $value = shift; !defined $value ? "undef" : ref $value eq "ARRAY" ? "[" . join(",", map { text($_) } @$value) . "]" : ref $value eq "HASH" ? "{" . join(",", map { "$_=" . text($value->{$_}) } sort keys %$value) . "}" : "$value" }
sub show { print join(" ", map { text($_) } @_), "\n" }
sub rows { my ($database, $statement, @values) = @_; $database->selectall_arrayref($statement, undef, @values) }
sub attempt { my ($database, $action) = @_; my @result = eval { $action->() }; $@ ? "error " . $database->state . " " . $database->errstr : text(\@result) }

my @scenarios = (
    "every type" => sub {
        my $database = shift;
        my $statement = $database->prepare("SELECT * FROM everything ORDER BY id");
        $statement->execute;
        show(@$statement{qw(NAME TYPE PRECISION SCALE NULLABLE pg_type)});
        show($_) for @{$statement->fetchall_arrayref};
    },
    "placeholders of all kinds" => sub {
        my $database = shift;
        show(rows($database, "SELECT ?::int + 1, ?, ?::text", 1, "it's \x{e9}", undef));
        show(rows($database, "SELECT title FROM books WHERE id = \$1 OR id = \$2 ORDER BY id", 1, 3));
        my $statement = $database->prepare("SELECT title FROM books WHERE id = :id");
        $statement->bind_param(":id", 4);
        $statement->execute;
        show($statement->fetchall_arrayref);
        $statement = $database->prepare("SELECT ?::bytea, ?::int[]");
        $statement->bind_param(1, "\x00\x7f\x01", {pg_type => PG_BYTEA});
        $statement->bind_param(2, [1, 2, 3]);
        $statement->execute;
        show(map { s/([^ -~])/sprintf "%%%02x", ord $1/ger } map { text($_) } @{$statement->fetchall_arrayref});
        for my $direct (0, 1) { local $database->{pg_server_prepare} = $direct; show(rows($database, "SELECT ? || ?", "a", "b")) }
        show(rows($database, "SELECT '{\"a\": 1}'::jsonb \\? 'a'"));
    },
    "prepared again and again" => sub {
        my $database = shift;
        my $statement = $database->prepare("SELECT id, title FROM books WHERE id = ?", {pg_prepare_now => 1});
        for my $id (1 .. 20) { $statement->execute($id); show($statement->fetchrow_arrayref) if $id > 18 }
        show(attempt($database, sub { $statement->execute("x") }), attempt($database, sub { $statement->execute(5); $statement->fetchrow_array }));
    },
    "errors" => sub {
        my $database = shift;
        for my $statement ("SELECT 1/0", "SELEC", "SELECT nosuch FROM books", "SELECT * FROM nosuch", "INSERT INTO authors (name) VALUES ('author 1')", "SELECT fail_with('x')") {
            show(attempt($database, sub { $database->do($statement) }));
        }
        show(map { $database->pg_error_field($_) } qw(severity sqlstate primary detail hint context));
    },
    "transactions and savepoints" => sub {
        my $database = shift;
        $database->begin_work;
        show($database->ping, $database->{pg_pid} == (rows($database, "SELECT pg_backend_pid()"))->[0][0]);
        $database->do("INSERT INTO counters VALUES ('perl', 1)");
        $database->pg_savepoint("here");
        show(attempt($database, sub { $database->do("SELECT 1/0") }), $database->ping, attempt($database, sub { $database->do("SELECT 1") }));
        $database->pg_rollback_to("here");
        $database->pg_release("here");
        show($database->do("UPDATE counters SET value = 2 WHERE name = 'perl'"));
        $database->rollback;
        show(rows($database, "SELECT count(*) FROM counters WHERE name = 'perl'"), $database->ping);
    },
    "COPY both ways" => sub {
        my $database = shift;
        $database->do("COPY counters FROM STDIN");
        $database->pg_putcopydata("perl $_\t$_\n") for 1 .. 2000;
        show($database->pg_putcopyend);
        $database->do("COPY (SELECT * FROM counters WHERE value > 1997 AND name ~ '^perl' ORDER BY value) TO STDOUT");
        my $line = "";
        while ($database->pg_getcopydata($line) >= 0) { show($line) }
        show($database->do("DELETE FROM counters WHERE name ~ '^perl'"));
        $database->do("COPY counters FROM STDIN");
        $database->pg_putcopydata("x\tnot a number\n");
        show(attempt($database, sub { $database->pg_putcopyend }), rows($database, "SELECT 1"));
    },
    "large objects" => sub {
        my $database = shift;
        $database->begin_work;
        my $oid = $database->pg_lo_creat($database->{pg_INV_WRITE} | $database->{pg_INV_READ});
        my $fd = $database->pg_lo_open($oid, $database->{pg_INV_WRITE} | $database->{pg_INV_READ});
        show($database->pg_lo_write($fd, "large", 5), $database->pg_lo_lseek($fd, 0, 0));
        my $read = "";
        show($database->pg_lo_read($fd, $read, 5), $read, $database->pg_lo_close($fd), $database->pg_lo_unlink($oid));
        $database->commit;
    },
    "information about tables" => sub {
        my $database = shift;
        for my $table (qw(authors books everything)) {
            show($_) for @{$database->column_info(undef, "public", $table, "%")->fetchall_arrayref({})};
            show([$database->primary_key(undef, "public", $table)]);
            my $keys = $database->foreign_key_info(undef, undef, undef, undef, "public", $table);
            show($keys->fetchall_arrayref({})) if $keys;
            show(map { [map { $_ // "" } @$_[2 .. 8]] } @{$database->statistics_info(undef, "public", $table, 0, 1)->fetchall_arrayref});
        }
        show([sort $database->tables("", "public", "%", "TABLE")], $database->table_info("", "public", "%", "VIEW")->fetchall_arrayref);
        show(scalar @{$database->type_info_all}, $database->get_info(17), $database->get_info(18) =~ /^15/);
        show($database->last_insert_id(undef, "public", "authors", undef)) if $database->do("INSERT INTO authors (name) VALUES ('perl')");
        $database->do("DELETE FROM authors WHERE name = 'perl'");
    },
    "asynchronous statements" => sub {
        my $database = shift;
        $database->do("SELECT pg_sleep(0.05)", {pg_async => PG_ASYNC});
        show($database->pg_result);
        $database->do("SELECT pg_sleep(20)", {pg_async => PG_ASYNC});
        select undef, undef, undef, 0.3; # a cancel that overtakes the statement has no effect
        show($database->pg_ready, $database->pg_cancel);
        show(rows($database, "SELECT 'alive'"));
    },
    "notices" => sub {
        my $database = shift;
        my @seen;
        local $SIG{__WARN__} = sub { push @seen, @_ };
        $database->{PrintWarn} = 1;
        $database->do("SELECT remark('perl')");
        show([map { s/ at .*//sr } @seen]);
    },
    "notifications" => sub {
        my $database = shift;
        $database->do("LISTEN jobs");
        connect_here()->do("NOTIFY jobs, 'one'");
        my $heard;
        for (1 .. 500) { last if $heard = $database->pg_notifies; select undef, undef, undef, 0.01 }
        show($heard->[0], $heard->[2]);
    },
    "several statements and temporary tables" => sub {
        my $database = shift;
        show($database->do("INSERT INTO counters VALUES ('a', 1); DELETE FROM counters WHERE name = 'a'"));
        $database->do("CREATE TEMP TABLE perl_temp (id int)");
        my $insert = $database->prepare("INSERT INTO perl_temp VALUES (?)");
        show($insert->execute_array({}, [1 .. 50]));
        show(rows($database, "SELECT count(*), max(id) FROM perl_temp"));
    },
    "masked values" => sub {
        my $database = shift;
        my $statement = $database->prepare("SELECT * FROM contacts ORDER BY id LIMIT 3");
        $statement->execute;
        show(@$statement{qw(NAME TYPE PRECISION pg_type)});
        show($_) for @{$statement->fetchall_arrayref};
        show(rows($database, "SELECT email, card FROM contacts WHERE id = ?", 8));
        $database->do("COPY (SELECT id, email FROM contacts WHERE id < 3 ORDER BY id) TO STDOUT");
        my $line = "";
        while ($database->pg_getcopydata($line) >= 0) { show($line) }
    },
);

while (my ($name, $scenario) = splice @scenarios, 0, 2) {
    next if ($name =~ /^masked/ ? 1 : 0) != ($masked ? 1 : 0);
    print "== $name\n";
    eval { my $database = connect_here(); $scenario->($database); $database->disconnect; 1 } or print "!! ", $@ =~ s/ at \S+ line.*//sr, "\n";
}
