#include "support/session_stage.h"

#include <sstream>
#include <utility>

#include "auth/scram.h"
#include "protocol/authentication_messages.h"
#include "protocol/login_flow.h"
#include "protocol/result_messages.h"
#include "protocol/statement_messages.h"
#include "support/message_spec.h"
#include "unit/policy/shop_catalog.h"

namespace sluice::test {

namespace {
constexpr const char* kPassword = "agent-password";
constexpr std::string_view kAsDba = "as dba";

std::shared_ptr<config::Config> stage_config() {
  auto config = std::make_shared<config::Config>();
  config::IdentityEntry bot;
  bot.identity.id = IdentityId{"bot"};
  bot.identity.groups = {GroupId{"agents"}};
  bot.identity.owner = IdentityId{"alice"};
  bot.scram_verifier = auth::make_verifier(kPassword, "0123456789abcdef", 1).to_text();
  config->identities.emplace(bot.identity.id, bot);
  config::IdentityEntry dba = bot;
  dba.identity = {IdentityId{"dba"}, auth::IdentityKind::person, {}, {}, {}};
  config->identities.emplace(dba.identity.id, dba);
  config::Upstream upstream;
  upstream.tls = config::UpstreamTls::disable;
  config->databases.emplace(DatabaseAlias{"shop"}, upstream);

  policy::Policy& policy = config->policy;
  policy.version = 1;
  policy.taggings = {{DatabaseAlias{"shop"}, "public", "customers", "email", {"pii"}}};
  policy::Rule allow;
  allow.id = RuleId{"work"};
  allow.effect = policy::Effect::allow;
  policy::Rule mask;
  mask.id = RuleId{"mask"};
  mask.effect = policy::Effect::mask;
  mask.tags = {"pii"};
  mask.mask = sql::MaskingFunction{sql::ConstantMask{"***"}};
  policy::Rule deny;
  deny.id = RuleId{"no-salaries"};
  deny.effect = policy::Effect::deny;
  deny.tables = {"hr.salaries"};
  policy::Rule hold;
  hold.id = RuleId{"exports"};
  hold.effect = policy::Effect::hold;
  hold.actions = {sql::Action::export_};
  hold.approval = policy::RequireApproval{};
  hold.approval->rule = hold.id;
  hold.approval->approver_groups = {GroupId{"approvers"}};
  policy::Rule bulk = hold;
  bulk.id = RuleId{"bulk"};
  bulk.approval->rule = bulk.id;
  bulk.actions = {sql::Action::select};
  bulk.tags = {"pii"};
  bulk.above_rows = 100;
  policy::Rule pass;
  pass.id = RuleId{"pass"};
  pass.effect = policy::Effect::audit_only;
  pass.identities = {IdentityId{"dba"}};
  policy.rules = {allow, mask, deny, hold, bulk, pass};
  return config;
}

std::shared_ptr<const plan::Snapshot> stage_snapshot(const policy::Policy& policy) {
  auto snapshot = std::make_shared<plan::Snapshot>();
  snapshot->catalog = policy::shop_catalog();
  snapshot->policy = std::make_shared<policy::Policy>(policy);
  snapshot->tags = policy::TagMap::resolve(policy, DatabaseAlias{"shop"}, *snapshot->catalog);
  snapshot->versions = {1, 1};
  return snapshot;
}

// "exports max_rows 2", "bulk above_actual_rows 2", "mass mode error": what a hold rule asks for. A rule "mass" holds writes
// without a key once it is spoken of.
void set_rule(policy::Policy& policy, const std::string& spec) {
  std::istringstream words(spec);
  std::string id;
  std::string key;
  std::string value;
  words >> id >> key >> value;
  const auto named = [&](const policy::Rule& rule) { return rule.id.text == id; };
  auto rule = std::find_if(policy.rules.begin(), policy.rules.end(), named);
  if (rule == policy.rules.end()) {
    policy::Rule made = *std::find_if(policy.rules.begin(), policy.rules.end(), [](const policy::Rule& other) { return other.id.text == "exports"; });
    made.id = RuleId{id};
    made.actions = {sql::Action::mass_write};
    made.approval->rule = made.id;
    policy.rules.push_back(std::move(made));
    rule = std::prev(policy.rules.end());
  }
  if (key == "max_rows") rule->approval->max_rows = std::stoull(value);
  else if (key == "above_actual_rows") rule->above_actual_rows = std::stoull(value);
  else if (key == "mode") rule->approval->mode = value == "error" ? policy::HoldMode::error : policy::HoldMode::wait;
  else ADD_FAILURE() << "no such key of a rule: " << key;
}

// "statement_timeout 30": a limit of the session, in seconds or pieces.
void set_limit(config::SessionLimits& limits, const std::string& spec) {
  const std::size_t space = spec.find(' ');
  const std::string name = spec.substr(0, space);
  const std::uint64_t value = std::stoull(spec.substr(space + 1));
  const std::chrono::seconds time(static_cast<std::int64_t>(value));
  if (name == "statement_timeout") limits.statement_timeout = time;
  else if (name == "idle_session_timeout") limits.idle_session_timeout = time;
  else if (name == "idle_in_transaction_session_timeout") limits.idle_in_transaction_timeout = time;
  else if (name == "hold_timeout") limits.hold_timeout = time;
  else if (name == "max_prepared_statements") limits.max_prepared_statements = value;
  else if (name == "max_cursors") limits.max_cursors = value;
  else if (name == "max_session_memory") limits.max_session_memory = value;
  else ADD_FAILURE() << "no such limit: " << name;
}

std::vector<std::string> lines_of(const std::string& transcript) {
  std::vector<std::string> lines;
  std::istringstream stream(transcript);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line[0] != '#') lines.push_back(line);
  }
  return lines;
}

net::awaitable<std::string> read_some(MemoryStream& stream) {
  std::array<char, 4096> buffer{};
  Result<std::size_t> size = co_await stream.read_some(buffer);
  co_return size.ok() ? std::string(buffer.data(), *size) : std::string();
}

template <class Message>
std::string encoded(const Message& message) {
  std::string bytes;
  message.encode(bytes);
  return bytes;
}
}  // namespace

SessionStage::SessionStage(std::size_t agent_read_limit, std::size_t upstream_read_limit)
    : agent_(loop_.executor()), upstream_(loop_.executor()) {
  const auto config = stage_config();
  board_ = std::make_unique<FakeBoard>(config, stage_snapshot(config->policy));
  desk_ = std::make_unique<FakeDesk>(loop_.executor());
  gateway_ = std::make_unique<gateway::GatewayContext>(*board_, *desk_, clock_);
  gateway_->mock_secret = Secret(std::string(32, 's'));
  auto upstream_ends = MemoryStream::make_pair(loop_.executor());
  upstream_.stream = std::move(upstream_ends.second);
  if (upstream_read_limit > 0) upstream_ends.first->limit_reads(upstream_read_limit);
  auto dialled = std::make_shared<std::unique_ptr<MemoryStream>>(std::move(upstream_ends.first));
  gateway::UpstreamConnector::Dial dial = [dialled](const config::UpstreamHost&, net::AddressOrder,
                                                    net::Deadline) -> net::awaitable<Result<std::unique_ptr<net::ByteStream>>> {
    return [](std::shared_ptr<std::unique_ptr<MemoryStream>> end) -> net::awaitable<Result<std::unique_ptr<net::ByteStream>>> {
      if (*end == nullptr) co_return make_error(ErrorKind::upstream_unavailable, "there is one connection only");
      co_return std::unique_ptr<net::ByteStream>(std::move(*end));
    }(dialled);
  };
  worker_ = std::make_unique<gateway::WorkerContext>(*gateway_, loop_.executor(), recorder, gateway::UpstreamConnector(std::move(dial)));
  auto agent_ends = MemoryStream::make_pair(loop_.executor());
  agent_.stream = std::move(agent_ends.second);
  if (agent_read_limit > 0) agent_ends.first->limit_reads(agent_read_limit);
  worker_->now = [this] { return now_; };
  session_ = std::make_shared<gateway::Session>(*worker_, std::move(agent_ends.first), 42);
  session_end_ = std::make_unique<net::Event>(loop_.executor());
}

SessionStage::~SessionStage() {
  session_->close();
  loop_.run(wait_for_end());
  loop_.run_ready();
}

net::awaitable<void> SessionStage::start() {
  net::spawn(loop_.executor(), [](SessionStage* stage) -> net::awaitable<void> {
    co_await stage->session_->run();
    stage->session_ended_ = true;
    stage->session_end_->notify();
  }(this));
  net::spawn(loop_.executor(), accept_upstream());
  co_await log_in_agent();
  net::spawn(loop_.executor(), read_peer(&agent_, false));
}

net::awaitable<void> SessionStage::log_in_agent() {
  protocol::LoginRequest request;
  request.user = user_;
  request.database = "shop";
  request.password = Secret(kPassword);
  protocol::LoginFlow flow(std::move(request));
  protocol::MessageBuffer buffer(1u << 16);
  protocol::LoginStep step = flow.start();
  while (step.next == protocol::LoginStep::Next::read_message) {
    if (!step.send.empty()) (void)co_await agent_.stream->write(step.send);
    auto message = buffer.next();
    while (message.ok() && !message->has_value()) {
      const std::string bytes = co_await read_some(*agent_.stream);
      if (bytes.empty()) break;
      buffer.append(bytes);
      message = buffer.next();
    }
    if (!message.ok() || !message->has_value()) break;
    step = flow.on_message(**message);
  }
  EXPECT_EQ(step.next, protocol::LoginStep::Next::ready) << flow.log_text();
}

net::awaitable<void> SessionStage::accept_upstream() {
  (void)co_await read_some(*upstream_.stream);  // StartupMessage; nothing of it matters here
  std::string welcome = encoded(protocol::AuthenticationOk{});
  welcome += message_from("ParameterStatus \"client_encoding\" \"UTF8\"");
  welcome += encoded(protocol::BackendKeyData{7, "key!"});
  welcome += message_from("ReadyForQuery I");
  (void)co_await upstream_.stream->write(welcome);
  co_await read_peer(&upstream_, true);
}

// The gateway asks with Parse, Bind, Execute, Close, Close and then Sync or Flush.
bool SessionStage::answer_own_question(const std::string& message, std::string& answer) {
  if (message[0] == 'P') {
    const auto parse = protocol::ParseView::decode(std::string_view(message).substr(5));
    if (parse.ok() && parse->statement == "sluice_own" && parse->query.starts_with("SELECT c.oid")) {
      own_row_.clear();  // no tables of its own
      own_messages_left_ = 6;
    } else if (parse.ok() && parse->statement == "sluice_own" && parse->query.starts_with("SELECT COALESCE")) {
      own_row_.clear();
      if (counting_ && !changed_.empty()) own_row_ = "DataRow \"20000\" \"" + changed_ + "\"";
      counting_ = !counting_;
      own_messages_left_ = 6;
    } else if (parse.ok() && parse->statement == "sluice_own" && parse->query.starts_with("SELECT")) {
      own_row_ = "DataRow \"[`public`]\" NULL";
      own_messages_left_ = 6;
    } else if (parse.ok() && parse->statement == "sluice_own" && parse->query.starts_with("EXPLAIN")) {
      own_row_ = "DataRow \"[{`Plan`: {`Plan Rows`: " + estimate_ + "}}]\"";
      own_messages_left_ = 6;
    }
  }
  if (own_messages_left_ == 0) return false;
  --own_messages_left_;
  switch (message[0]) {
    case 'P': answer = message_from("ParseComplete"); break;
    case 'B': answer = message_from("BindComplete"); break;
    case 'C': answer = message_from("CloseComplete"); break;
    case 'S': answer = message_from(std::string("ReadyForQuery ") + transaction_); break;
    case 'E': {
      if (!own_row_.empty()) answer = message_from(own_row_);
      answer += message_from("CommandComplete \"SELECT 1\"");
      break;
    }
    default: break;
  }
  return true;
}

net::awaitable<void> SessionStage::read_peer(Peer* peer, bool from_agent) {
  protocol::MessageBuffer buffer(1u << 24);
  for (;;) {
    auto message = buffer.next();
    if (message.ok() && message->has_value()) {
      std::string whole((*message)->whole);
      std::string answer;
      if (from_agent && answer_own_question(whole, answer)) {
        if (!answer.empty()) (void)co_await peer->stream->write(answer);
        continue;
      }
      peer->messages.push_back(std::move(whole));
      peer->arrived.notify();
      continue;
    }
    const std::string bytes = co_await read_some(*peer->stream);
    if (bytes.empty() || !message.ok()) break;
    buffer.append(bytes);
  }
  peer->ended = true;
  peer->arrived.notify();
}

net::awaitable<void> SessionStage::expect(Peer* peer, bool from_agent, std::string spec) {
  while (peer->messages.empty() && !peer->ended) (void)co_await peer->arrived.wait();
  if (peer->messages.empty()) {
    EXPECT_EQ("end of connection", spec);
    co_return;
  }
  EXPECT_EQ(spec_of(from_agent, peer->messages.front()), spec);
  peer->messages.pop_front();
}

net::awaitable<void> SessionStage::act(std::string what) {
  if (what == "approve") desk_->decide(approvals::RequestState::approved);
  if (what == "deny") desk_->decide(approvals::RequestState::denied);
  if (what == "expire") desk_->decide(approvals::RequestState::expired);
  if (what == "cancel") session_->cancel();
  if (what == "agent leaves") agent_.stream->close();
  if (what == "upstream leaves") upstream_.stream->close();
  if (what == "audit breaks") recorder.broken_ = true;
  if (what == "drain") session_->drain();
  if (what.ends_with(" s pass")) {
    now_ += std::chrono::seconds(std::stoul(what));
    session_->look_at_clock();
  }
  co_return;
}

net::awaitable<void> SessionStage::take_line(std::string line) {
  const std::string mark = line.substr(0, 2);
  const std::string spec = line.size() > 3 ? line.substr(3) : std::string();
  if (mark == "->") {
    (void)co_await agent_.stream->write(message_from(spec));
  } else if (mark == "<=") {
    if (spec.starts_with("ReadyForQuery ")) transaction_ = spec.back();
    (void)co_await upstream_.stream->write(message_from(spec));
  } else if (mark == "=>") {
    co_await expect(&upstream_, true, spec);
  } else if (mark == "<-") {
    co_await expect(&agent_, false, spec);
  } else if (line.starts_with("! ")) {
    co_await act(line.substr(2));
  } else if (line.starts_with("estimate ")) {
    estimate_ = line.substr(9);
  } else if (line.starts_with("changed ")) {
    changed_ = line.substr(8);
  } else if (line.starts_with("limit ") || line.starts_with("rule ")) {
    // taken up before the session began
  } else {
    ADD_FAILURE() << "not a line of a transcript: " << line;
  }
}

net::awaitable<void> SessionStage::play_lines(std::vector<std::string> lines) {
  if (!lines.empty() && lines.front() == kAsDba) user_ = "dba";
  co_await start();
  for (const std::string& line : lines) {
    if (line == kAsDba) continue;
    SCOPED_TRACE(line);
    co_await take_line(line);
  }
}

net::awaitable<void> SessionStage::wait_for_end() {
  while (!session_ended_) (void)co_await session_end_->wait();
}

void SessionStage::apply_limits(const std::vector<std::string>& lines) {
  auto config = std::make_shared<config::Config>(*board_->config_);
  for (const std::string& line : lines) {
    if (line.starts_with("limit ")) set_limit(config->identities.at(IdentityId{"bot"}).limits, line.substr(6));
    if (line.starts_with("rule ")) set_rule(config->policy, line.substr(5));
  }
  board_->snapshot_ = stage_snapshot(config->policy);
  board_->config_ = std::move(config);
}

void SessionStage::play(const std::string& transcript) {
  apply_limits(lines_of(transcript));
  loop_.run(play_lines(lines_of(transcript)));
  loop_.run_ready();
  EXPECT_TRUE(agent_.messages.empty()) << "the agent also got " << spec_of(false, agent_.messages.front());
  EXPECT_TRUE(upstream_.messages.empty()) << "the upstream also got " << spec_of(true, upstream_.messages.front());
}

void SessionStage::play_and_break(const std::string& transcript, std::size_t steps) {
  std::vector<std::string> lines = lines_of(transcript);
  apply_limits(lines);
  lines.resize(std::min(steps, lines.size()));
  loop_.run(play_lines(std::move(lines)));
  agent_.stream->close();
  upstream_.stream->close();
  loop_.run(wait_for_end());
}

void SessionStage::play_and_cut(const std::string& transcript, std::size_t step, std::size_t bytes) {
  std::vector<std::string> lines = lines_of(transcript);
  apply_limits(lines);
  const std::string line = lines.at(step);
  lines.resize(step);
  loop_.run(play_lines(std::move(lines)));
  Peer& sender = line.starts_with("->") ? agent_ : upstream_;
  const std::string message = message_from(line.substr(3));
  net::spawn(loop_.executor(), [](MemoryStream* stream, std::string part) -> net::awaitable<void> {
    if (!part.empty()) (void)co_await stream->write(part);
    stream->shutdown_send();
  }(sender.stream.get(), message.substr(0, bytes)));
  loop_.run_ready();
  sender.stream->close();
  loop_.run_ready();
  // A session that still waits for the other side's answer gets none.
  agent_.stream->close();
  upstream_.stream->close();
  loop_.run(wait_for_end());
}

std::size_t SessionStage::bytes_of(const std::string& transcript, std::size_t step) {
  const std::string line = lines_of(transcript).at(step);
  return line.starts_with("->") || line.starts_with("<=") ? message_from(line.substr(3)).size() : 0;
}

std::size_t SessionStage::steps_of(const std::string& transcript) { return lines_of(transcript).size(); }

}  // namespace sluice::test
