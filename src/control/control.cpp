#include "control/control.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <utility>

#include "config/same_settings.h"
#include "control/audit_writer.h"
#include "control/config_file.h"
#include "control/directory_of.h"
#include "control/log.h"
#include "control/published_board.h"
#include "control/settle.h"
#include "control/stored_api_desk.h"
#include "control/stored_approval_desk.h"
#include "control/stored_channel_desk.h"
#include "control/tls_files.h"
#include "net/worker_thread.h"
#include "store/audit_store.h"
#include "store/store.h"

namespace sluice::control {
namespace {

constexpr std::string_view kVersion = "0.1.0";
constexpr std::chrono::seconds kFirstReadings{6};
constexpr std::chrono::seconds kExpiryInterval{1};

std::string to_text(const std::vector<config::Finding>& findings) {
  std::string text;
  for (const config::Finding& finding : findings) {
    if (!finding.error) continue;
    if (!text.empty()) text += "\n";
    text += finding.where + ": " + finding.message;
  }
  return text;
}

bool same(const config::Listen& a, const config::Listen& b) {
  return a.address == b.address && a.port == b.port && a.permissions == b.permissions;
}
bool same(const std::vector<config::Listen>& a, const std::vector<config::Listen>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) { return same(x, y); });
}

/// Settings that were taken from the file once, when the process started.
std::vector<std::string> fixed_differences(const config::Config& a, const config::Config& b) {
  std::vector<std::string> names;
  if (!same(a.listen, b.listen)) names.emplace_back("listen");
  if (a.admin.has_value() != b.admin.has_value() || (a.admin && !same(*a.admin, *b.admin))) names.emplace_back("admin");
  if (a.tcp_agents != b.tcp_agents) names.emplace_back("tcp.agents");
  if (a.workers != b.workers) names.emplace_back("workers");
  if (a.store_path != b.store_path) names.emplace_back("store");
  if (a.audit_directory != b.audit_directory) names.emplace_back("audit");
  const auto& a_slack = a.channels.slack;
  const auto& b_slack = b.channels.slack;
  if (a_slack.has_value() != b_slack.has_value() || (a_slack && a_slack->app_token.empty() != b_slack->app_token.empty())) names.emplace_back("channels.slack");
  const auto& a_teams = a.channels.teams;
  const auto& b_teams = b.channels.teams;
  if (a_teams.has_value() != b_teams.has_value() || (a_teams && !config::same_settings(*a_teams, *b_teams))) names.emplace_back("channels.teams");
  return names;
}

}  // namespace

struct Control::State {
  State(std::string path, const Clock& the_clock) : config_path(std::move(path)), clock(the_clock) {}

  Status open(const config::Config& config);
  Result<ReloadOutcome> publish(config::Decoded decoded, const Digest& file);
  Result<ReloadOutcome> reload();

  static net::awaitable<void> expire(State* state);

  const std::string config_path;
  const Clock& clock;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<AuditWriter> audit;
  std::unique_ptr<PublishedBoard> board;
  std::unique_ptr<StoredApprovalDesk> desk;
  std::unique_ptr<StoredChannelDesk> channels;
  std::unique_ptr<StoredApiDesk> api;
  std::unique_ptr<WebhookDesk> webhooks;
  std::unique_ptr<net::WorkerThread> store_thread;
  std::unique_ptr<net::WorkerThread> reading_thread;  ///< of the audit log, for evidence
  std::unique_ptr<net::WorkerThread> control_thread;
  std::atomic<bool> draining{false};
  bool stopped = false;
};

Status Control::State::open(const config::Config& config) {
  const std::filesystem::path folder = std::filesystem::path(config.store_path).parent_path();
  std::error_code code;
  if (!folder.empty()) std::filesystem::create_directories(folder, code);
  SLUICE_TRY(opened, store::Store::open(config.store_path));
  store = std::move(opened);
  AuditWriter::Settings settings;
  settings.directory = config.audit_directory;
  settings.version = kVersion;
  SLUICE_TRY(writer, AuditWriter::start(std::move(settings), *store, clock));
  audit = std::move(writer);
  // Only now: the audit directory's lock says that no other gateway has sessions that wait.
  SLUICE_CHECK(store::ApprovalStore(*store).detach_all());
  audit->nudge();
  board = std::make_unique<PublishedBoard>(*store, CatalogWatcher::Intervals{});
  store_thread = std::make_unique<net::WorkerThread>("store");
  StoredApprovalDesk::Calls calls{[people = ConfiguredPeople(*board)]() mutable { return people.now(); }, [writer = audit.get()] { writer->nudge(); }};
  desk = std::make_unique<StoredApprovalDesk>(*store, store_thread->executor(), clock, std::move(calls));
  channels = std::make_unique<StoredChannelDesk>(*store, store_thread->executor(), clock, [writer = audit.get()] { writer->nudge(); });
  SLUICE_CHECK(store::AnswerStore(*store).release_all());
  reading_thread = std::make_unique<net::WorkerThread>("reading");
  auto flush = [writer = audit.get()] { static_cast<void>(writer->flush()); };  // best effort: what is missing is seen in the log
  api = std::make_unique<StoredApiDesk>(*store, store_thread->executor(), reading_thread->executor(), clock, std::move(flush), config.audit_directory);
  webhooks = std::make_unique<WebhookDesk>(*store, store_thread->executor());
  desk->on_change([told = channels.get()] { told->notify(); });
  return Done{};
}

Result<ReloadOutcome> Control::State::publish(config::Decoded decoded, const Digest& file) {
  ReloadOutcome outcome;
  outcome.findings = std::move(decoded.findings);
  SLUICE_TRY(tls, load_tls_files(*decoded.config));
  SLUICE_TRY(version, store->version_of("policy", "", to_hex(file)));
  SLUICE_CHECK(store::AuditStore(*store).enqueue(clock.now(), audit::PolicyPublished{version, file}));
  audit->nudge();
  auto config = std::make_shared<config::Config>(std::move(*decoded.config));
  config->policy.version = version;
  if (const auto before = board->config()) outcome.needs_restart = fixed_differences(*before, *config);
  SLUICE_CHECK(board->publish(std::move(config), std::move(tls)));
  outcome.published = true;
  outcome.policy_version = version;
  for (const std::string& name : outcome.needs_restart) log_warning("the new \"" + name + "\" takes effect at the next start");
  log_info("policy version " + std::to_string(version) + " is in effect");
  return outcome;
}

Result<ReloadOutcome> Control::State::reload() {
  Digest file{};
  config::Decoded decoded = read_config(config_path, &file);
  for (const config::Finding& finding : decoded.findings) {
    const std::string text = finding.where + ": " + finding.message;
    finding.error ? log_error(text) : log_warning(text);
  }
  if (decoded.config) {
    const auto tls = load_tls_files(*decoded.config);
    std::vector<std::string> objections = board->objections(std::make_shared<config::Config>(*decoded.config));
    if (!tls.ok()) objections.push_back(tls.error().message);
    if (objections.empty()) return publish(std::move(decoded), file);
    for (const std::string& text : objections) {
      log_error(text);
      decoded.findings.push_back({true, config_path + ":1:1", text});
    }
  }
  log_error("the configuration has mistakes: the old one stays in effect");
  SLUICE_CHECK(store::AuditStore(*store).enqueue(clock.now(), audit::PolicyRefused{decoded.findings.size(), file}));
  audit->nudge();
  ReloadOutcome outcome;
  outcome.policy_version = board->config()->policy.version;
  outcome.findings = std::move(decoded.findings);
  return outcome;
}

net::awaitable<void> Control::State::expire(State* state) {
  for (;;) {
    co_await net::sleep_until(std::chrono::steady_clock::now() + kExpiryInterval);
    co_await state->desk->expire_due();
    auto unused = state->board->take_unused();
    // Their destructors wait for readings that are under way.
    if (!unused.empty()) net::post(state->store_thread->executor(), [unused = std::move(unused)]() mutable { unused.clear(); });
  }
}

Control::Control(std::unique_ptr<State> state) : state_(std::move(state)) {}
Control::~Control() { stop(); }

Result<std::unique_ptr<Control>> Control::start(std::string config_path, const Clock& clock) {
  auto state = std::make_unique<State>(std::move(config_path), clock);
  Digest file{};
  config::Decoded decoded = read_config(state->config_path, &file);
  if (!decoded.config) return make_error(ErrorKind::configuration, to_text(decoded.findings));
  SLUICE_CHECK(state->open(*decoded.config));
  SLUICE_CHECK(state->publish(std::move(decoded), file));
  state->board->wait_for_first_readings(kFirstReadings);
  state->control_thread = std::make_unique<net::WorkerThread>("control");
  net::spawn(state->control_thread->executor(), State::expire(state.get()));
  return std::unique_ptr<Control>(new Control(std::move(state)));
}

ApprovalDesk& Control::desk() { return *state_->desk; }
ApproverDesk& Control::approver_desk() { return *state_->desk; }
ChannelDesk& Control::channels() { return *state_->channels; }
ApiDesk& Control::api() { return *state_->api; }
WebhookDesk& Control::webhooks() { return *state_->webhooks; }
SnapshotBoard& Control::board() { return *state_->board; }
net::Executor Control::executor() const { return state_->control_thread->executor(); }

Result<std::unique_ptr<StatementRecorder>> Control::make_recorder(std::uint32_t) { return state_->audit->make_recorder(); }

awaitable<Result<usage::UsageReport>> Control::usage(usage::UsageQuery query) {
  auto read = [state = state_.get(), query = std::move(query)] {
    // Best effort: while the log cannot be written, the counts are as old as the log.
    static_cast<void>(state->audit->flush());
    return store::AuditStore(*state->store).usage(query);
  };
  co_return co_await net::on(state_->store_thread->executor(), read);
}

awaitable<Result<ReloadOutcome>> Control::reload() {
  auto read = [state = state_.get()] { return state->reload(); };
  co_return co_await net::on(state_->store_thread->executor(), read);
}

awaitable<ControlHealth> Control::health() {
  co_return ControlHealth{state_->audit->writable(), state_->draining.load(std::memory_order_relaxed), state_->audit->records(),
                          state_->audit->journal_fill(), state_->board->databases_down(), state_->board->role_findings()};
}

void Control::start_draining() noexcept { state_->draining.store(true, std::memory_order_relaxed); }

void Control::stop() {
  if (state_ == nullptr || std::exchange(state_->stopped, true)) return;
  // First who asks, then who answers; the log last, so that it holds what the others did.
  if (state_->control_thread != nullptr) {
    state_->control_thread->stop();
    state_->control_thread->join();
  }
  if (state_->reading_thread != nullptr) {
    state_->reading_thread->stop();
    state_->reading_thread->join();
  }
  if (state_->store_thread != nullptr) {
    settle(state_->store_thread->executor());
    state_->store_thread->stop();
    state_->store_thread->join();
  }
  if (state_->board != nullptr) state_->board->stop();
  if (state_->audit != nullptr) {
    state_->audit->nudge();
    state_->audit->stop();
  }
}

}  // namespace sluice::control
