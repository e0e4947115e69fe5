# ruby-pg: prints what it sees, scenario by scenario.
require "pg"

$stdout.sync = true
SCENARIOS = {}
def scenario(name, &block) = SCENARIOS[name] = block
def show(*values) = puts(values.map(&:inspect).join(" "))

def attempt
  yield
rescue PG::Error => e
  [e.class, e.result&.error_field(PG::Result::PG_DIAG_SQLSTATE), e.message.strip]
end

scenario "every type in text and binary" do |c|
  [0, 1].each { |format| c.exec_params("SELECT * FROM everything ORDER BY id", [], format).each_row { |row| show(row) } }
  result = c.exec("SELECT * FROM everything LIMIT 0")
  show(result.fields, result.fields.each_index.map { |i| [result.ftype(i), result.fmod(i), result.fsize(i), result.fformat(i), result.ftablecol(i)] })
  c.type_map_for_results = PG::BasicTypeMapForResults.new(c)
  c.exec("SELECT id, a_bool, a_big, a_double, a_bytea, a_date, a_timestamp, a_jsonb, ints, texts FROM everything WHERE id = 1").each_row { |row| show(row) }
end

scenario "parameters" do |c|
  show(c.exec_params("SELECT $1::int + $2, $3, $4::text", [1, "2", "it's é", nil]).values)
  show(c.exec_params("SELECT $1", [{ value: "\x00\xff".b, type: 17, format: 1 }], 1).getvalue(0, 0))
  c.type_map_for_queries = PG::BasicTypeMapForQueries.new(c)
  show(c.exec_params("SELECT $1, $2, $3, $4", [1, 1.5, true, [1, 2]]).values)
  show(c.exec_params("SELECT title FROM books WHERE id = ANY($1) ORDER BY id", [[1, 3]]).column_values(0))
end

scenario "prepared statements" do |c|
  c.prepare("by_id", "SELECT id, title FROM books WHERE id = $1")
  show(c.exec_prepared("by_id", [5]).values, c.describe_prepared("by_id").paramtype(0))
  show(attempt { c.prepare("by_id", "SELECT 1") }, attempt { c.exec_prepared("nosuch", []) }, attempt { c.exec_prepared("by_id", ["x"]) })
  c.exec("DEALLOCATE by_id")
  show(attempt { c.exec_prepared("by_id", [5]) })
end

scenario "errors" do |c|
  ["SELECT 1/0", "SELEC", "SELECT nosuch FROM books", "SELECT * FROM nosuch", "INSERT INTO authors (name) VALUES ('author 1')", "SELECT fail_with('é')", ""].each do |statement|
    show(attempt { c.exec(statement).result_status })
  end
  begin
    c.exec("INSERT INTO authors (name) VALUES ('author 1')")
  rescue PG::UniqueViolation => e
    show("SCMDHPpqWstcdn".chars.map { |field| e.result.error_field(field.ord) })
  end
end

scenario "transactions" do |c|
  show(attempt { c.transaction { c.exec("INSERT INTO counters VALUES ('ruby', 1)"); c.exec("SELECT 1/0") } }, c.transaction_status)
  show(c.exec("SELECT count(*) FROM counters WHERE name = 'ruby'").getvalue(0, 0))
  c.exec("BEGIN")
  attempt { c.exec("SELECT 1/0") }
  show(c.transaction_status, attempt { c.exec("SELECT 1") }, c.exec("COMMIT").cmd_status)
end

scenario "COPY both ways" do |c|
  c.copy_data("COPY counters FROM STDIN") { 1000.times { |i| c.put_copy_data("ruby #{i}\t#{i}\n") } }
  c.copy_data("COPY (SELECT * FROM counters WHERE value > 997 ORDER BY value) TO STDOUT CSV") { while (row = c.get_copy_data) do show(row) end }
  show(c.exec("DELETE FROM counters WHERE name ~ '^ruby'").cmd_tuples)
  show(attempt { c.copy_data("COPY counters FROM STDIN") { c.put_copy_data("x\ty\n") } }, attempt { c.copy_data("COPY counters FROM STDIN") { raise PG::Error, "given up" } })
  show(c.exec("SELECT 'alive'").values)
end

scenario "pipelines" do |c|
  c.enter_pipeline_mode
  5.times { |i| c.send_query_params("SELECT 10 / (3 - $1::int)", [i]) }
  c.pipeline_sync
  c.send_query_params("SELECT 'second'", [])
  c.pipeline_sync
  syncs = 0
  while syncs < 2
    result = c.get_result
    next if result.nil?
    show(attempt { result.check.result_status.then { |status| [status, result.ntuples.positive? ? result.values : nil] } })
    syncs += 1 if result.result_status == PG::PGRES_PIPELINE_SYNC
  end
  c.exit_pipeline_mode
  show(c.exec("SELECT 1").values)
end

scenario "single rows and asynchronous statements" do |c|
  c.send_query("SELECT id FROM books ORDER BY id; SELECT 'second'")
  c.set_single_row_mode
  total = 0
  c.get_result.stream_each { |row| total += row["id"].to_i }
  show(total, c.get_result.values, c.get_result.ntuples, c.get_result)
  c.send_query("SELECT pg_sleep(20)")
  sleep(0.3) # a cancel that overtakes the statement has no effect
  show(c.cancel, attempt { c.get_last_result })
  show(c.exec("SELECT 'alive'").values)
end

scenario "notices and notifications" do |c|
  seen = []
  c.set_notice_processor { |text| seen << text }
  c.exec("SELECT remark('ruby')")
  show(seen)
  c.exec("LISTEN jobs")
  PG.connect.exec("NOTIFY jobs, 'one'")
  c.wait_for_notify(5) { |channel, _, payload| show(channel, payload) }
end

scenario "large objects" do |c|
  c.transaction do
    oid = c.lo_creat
    file = c.lo_open(oid, PG::INV_WRITE | PG::INV_READ)
    show(c.lo_write(file, "large"), c.lo_lseek(file, 0, PG::SEEK_SET), c.lo_read(file, 5), c.lo_tell(file))
    c.lo_close(file)
    c.lo_unlink(oid)
  end
end

scenario "the connection" do |c|
  show(c.db, c.user, c.server_version, c.protocol_version, c.backend_pid == c.exec("SELECT pg_backend_pid()").getvalue(0, 0).to_i)
  show(%w[server_encoding TimeZone DateStyle application_name].map { |name| c.parameter_status(name) }, c.ssl_in_use?, c.internal_encoding)
  show(attempt { c.set_client_encoding("LATIN1") }, c.get_client_encoding)
  c.reset
  show(c.exec("SELECT 'again'").values, PG::Connection.ping)
end

scenario "masked values" do |c|
  [0, 1].each { |format| c.exec_params("SELECT * FROM contacts ORDER BY id LIMIT 3", [], format).each_row { |row| show(row) } }
  result = c.exec("SELECT * FROM contacts LIMIT 0")
  show(result.fields, result.fields.each_index.map { |i| [result.ftype(i), result.fmod(i), result.fsize(i)] })
  c.prepare("p", "SELECT email, card FROM contacts WHERE id = $1")
  show(c.exec_prepared("p", [9]).values)
end

masked = ARGV[0] == "masked"
SCENARIOS.each do |name, block|
  next if name.start_with?("masked") != masked

  puts "== #{name}"
  begin
    connection = PG.connect
    block.call(connection)
  rescue StandardError => e
    puts "!! #{e.class}: #{e.message}"
  ensure
    connection&.finish
  end
end
