# DBD::Pg. Prints "ok NAME" or "FAIL NAME: why" for each scenario; the Python test reads that.
use strict;
use warnings;
use DBI;
use DBD::Pg qw(:pg_types);

my $masked = $ENV{EXPECT_MASKS};
$| = 1;

sub connect_here { DBI->connect("dbi:Pg:", undef, undef, {RaiseError => 1, PrintError => 0, PrintWarn => 0, AutoCommit => 1, @_}) }

sub same { my ($expected, $actual) = @_; die "expected '$expected', got '" . ($actual // 'undef') . "'\n" unless defined $actual && $expected eq $actual }

sub fails {
    my ($database, $sqlstate, $statement) = @_;
    eval { $database->do($statement); 1 } and die "should have failed: $statement\n";
    same($sqlstate, $database->state);
}

sub email_is_as_expected {
    my ($id, $email) = @_;
    $masked ? same("tok-$id", $email) : $email =~ /\@example\.org$/ || die "unexpected email\n";
}

my @scenarios = (
    "every verdict in one session" => sub {
        my $database = shift;
        same("Ada 3", scalar $database->selectrow_array("SELECT name FROM customers WHERE id = ?", undef, 3));
        email_is_as_expected(3, scalar $database->selectrow_array("SELECT email FROM customers WHERE id = ?", undef, 3));
        fails($database, "42501", "SELECT rolpassword FROM pg_authid");
        $database->do("CREATE TABLE perl_held (id integer)");
        same(1, $database->do("INSERT INTO perl_held VALUES (?)", undef, 1));
    },
    "prepared statements" => sub {
        my $statement = shift->prepare("SELECT id, email FROM customers WHERE id = ?");
        for my $id (1 .. 20) { $statement->execute($id); email_is_as_expected($statement->fetchrow_array) }
        same("id,email", join ",", @{$statement->{NAME}});
    },
    "transactions and savepoints" => sub {
        my $database = shift;
        $database->begin_work;
        $database->do("INSERT INTO counters VALUES ('perl', 1)");
        $database->pg_savepoint("here");
        fails($database, "22012", "SELECT 1/0");
        $database->pg_rollback_to("here");
        $database->rollback;
        same(0, scalar $database->selectrow_array("SELECT count(*) FROM counters WHERE name = 'perl'"));
    },
    "COPY both ways" => sub {
        my $database = shift;
        $database->begin_work;
        $database->do("COPY tasks (id, title) FROM STDIN");
        $database->pg_putcopydata("$_\tperl\n") for 110000 .. 110999;
        $database->pg_putcopyend;
        $database->do("COPY (SELECT id FROM tasks WHERE id >= 110000) TO STDOUT");
        my ($line, $count) = ("", 0);
        $count++ while $database->pg_getcopydata($line) >= 0;
        same(1000, $count);
        $database->rollback;
    },
    "binary values" => sub {
        my $statement = shift->prepare("SELECT ?::bytea");
        $statement->bind_param(1, "\x00\xff\x01", {pg_type => PG_BYTEA});
        $statement->execute;
        same("\x00\xff\x01", $statement->fetchrow_array);
    },
    "tables and columns" => sub {
        my $database = shift;
        my @columns = map { $_->{COLUMN_NAME} } @{$database->column_info(undef, "public", "regions", "%")->fetchall_arrayref({})};
        same("id,name", join ",", @columns);
        same("id", join ",", $database->primary_key(undef, "public", "customers"));
        grep { $_ eq "public.customers" } $database->tables("", "public", "customers", "TABLE") or die "no table\n";
    },
    "an asynchronous statement and its cancel" => sub {
        my $database = shift;
        $database->do("SELECT count(*) FROM generate_series(1, 10000000000)", {pg_async => 1});
        $database->pg_cancel;
        same(1, scalar $database->selectrow_array("SELECT 1"));
    },
    "ping and reconnect" => sub {
        my $database = shift;
        same(1, $database->ping ? 1 : 0);
        $database->disconnect;
        same(2, scalar connect_here()->selectrow_array("SELECT 2"));
    },
);

while (my ($name, $scenario) = splice @scenarios, 0, 2) {
    my $done = eval { $scenario->(connect_here()); 1 };
    my $why = $@ =~ s/\s+/ /gr;
    print $done ? "ok $name\n" : "FAIL $name: $why\n";
}
